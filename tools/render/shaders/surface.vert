// One vertex of a part: passes on what the fragment shader needs.
#version 400
in vec3 position;
in vec3 normal;
in vec3 color;        // linear RGB
in vec3 grain_place;   // where the grain is looked up, in periods of the noise: sticks to the surface at rest
in vec4 material;      // grain, bump, gloss, roughness
in vec3 extra;         // cut, light source (see surface.frag), translucency
uniform mat4 to_picture;
out vec3 place;
out vec3 direction;
out vec3 tint;
out vec3 grain_at;
flat out vec4 surface;
flat out vec2 source_and_translucency;
out float cut;

void main() {
    gl_Position = to_picture * vec4(position, 1);
    place = position;
    direction = normal;
    tint = color;
    grain_at = grain_place;
    surface = material;
    cut = extra.x;
    source_and_translucency = extra.yz;
}
