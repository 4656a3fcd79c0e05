// Depth only, as seen from a light.
#version 400
in vec3 position;
in vec3 extra;  // cut first
uniform mat4 to_picture;
out float cut;

void main() {
    gl_Position = to_picture * vec4(position, 1);
    cut = extra.x;
}
