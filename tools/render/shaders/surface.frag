// One pixel of a surface: grain, four lights, soft shadows, occlusion in the room's corners, a filmic tone.
#version 400
in vec3 place;
in vec3 direction;
in vec3 tint;
in vec3 grain_at;
flat in vec4 surface;
flat in vec2 source_and_translucency;
in float cut;
out vec4 picture;

uniform vec3 eye;
uniform float turn;              // of the pattern of taps, 0 to 1, from picture to picture that are averaged
uniform vec3 key_position;
uniform vec3 key_color;
uniform float key_softness;      // radius of the shadow's blur, share of the map
uniform vec3 ceiling_color;
uniform vec3 fill_color;        // what the walls behind the camera throw back
uniform vec3 fill_position;
uniform vec3 screen_color;
uniform vec3 screen_position;
uniform vec3 sky_color;         // ambient light from above …
uniform vec3 ground_color;      // … and from below
uniform vec4 glow;               // brightness of glowing surfaces: own, window, ceiling lamp, screen
uniform float exposure;
uniform vec3 room_low;           // the room's corners, meters
uniform vec3 room_high;
uniform sampler2DShadow key_shadow;
uniform sampler2DShadow ceiling_shadow;
uniform mat4 to_key;
uniform mat4 to_ceiling;
uniform sampler3D noise;         // rgb: slope, a: value

const int TAPS = 6;
const float GOLDEN_ANGLE = 2.39996;
const float NORMAL_OFFSET = 0.010;   // meters: keeps a surface from shading itself
const float DEPTH_BIAS = 0.0012;     // share of the map's depth, likewise
const float STEEPEST = 3.0;          // of a surface against the light, as a slope in the map

// Interleaved gradient noise (Jimenez 2014): turns the pattern of taps from pixel to pixel.
float turn_of_pixel() {
    return 6.28319 * fract(turn + 52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
}

// Share of a light that arrives, blurred over `radius` of the shadow map; `spread` 0.5 samples the disc evenly, 1 more
// of its middle, which darkens where things touch.
float arriving(sampler2DShadow map, mat4 into, vec3 normal, float radius, float spread, float first) {
    vec3 at = (into * vec4(place + normal * NORMAL_OFFSET, 1)).xyz * 0.5 + 0.5;
    if (any(lessThan(at.xy, vec2(0))) || any(greaterThan(at.xy, vec2(1)))) return 1.0;
    // The surface goes on in its plane: deeper or less deep beside this point, so that it does not shade itself.
    mat3 rows = transpose(mat3(into));
    vec3 plane = vec3(dot(rows[0], normal) / dot(rows[0], rows[0]), dot(rows[1], normal) / dot(rows[1], rows[1]),
        dot(rows[2], normal) / dot(rows[2], rows[2]));
    vec2 slope = clamp(-plane.xy / (abs(plane.z) < 1e-3 ? 1e-3 : plane.z), -STEEPEST, STEEPEST);
    float share = 0.0;
    for (int i = 0; i < TAPS; i++) {
        float angle = first + float(i) * GOLDEN_ANGLE;
        vec2 beside = radius * pow((float(i) + 0.5) / float(TAPS), spread) * vec2(cos(angle), sin(angle));
        share += texture(map, vec3(at.xy + beside, at.z + dot(slope, beside) - DEPTH_BIAS));
    }
    return share / float(TAPS);
}

// Walls, floor and ceiling take light from what is close to them: a corner of a room is darker than its middle.
float corner_occlusion(vec3 normal) {
    vec3 near = min(abs(place - room_low), abs(room_high - place));
    vec3 facing = vec3(1) - abs(normal);
    vec3 dark = 0.38 * exp(-near / 0.28) * facing;
    return (1.0 - dark.x) * (1.0 - dark.y) * (1.0 - dark.z);
}

vec3 filmic(vec3 x) {  // Narkowicz's fit of the ACES curve
    return clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0);
}

void main() {
    if (cut < 0.0) discard;
    float grain = surface.x, bump = surface.y, gloss = surface.z, roughness = surface.w;
    float source = source_and_translucency.x, translucency = source_and_translucency.y;
    vec3 color = tint;
    vec3 normal = normalize(direction);
    vec3 toward_eye = normalize(eye - place);
    if (!gl_FrontFacing) normal = -normal;  // leaves, curtains and cut clothes are seen from both sides
    if (grain > 0.0) {
        vec4 looked_up = texture(noise, grain_at);
        color *= mix(1.0, 0.45 + 1.1 * looked_up.a, grain);
        normal = normalize(normal - bump * (looked_up.rgb - 0.5) * 2.0);
    }
    if (source > -0.5) {
        float bright = source < 0.5 ? glow.x : source < 1.5 ? glow.y : source < 2.5 ? glow.z : glow.w;
        picture = vec4(pow(filmic(color * bright * exposure), vec3(1.0 / 2.2)), 1);
        return;
    }
    float first = turn_of_pixel();
    float corners = corner_occlusion(normal);

    vec3 toward_key = key_position - place;
    float key_distance = length(toward_key);
    toward_key /= key_distance;
    float facing_key = dot(normal, toward_key);
    float key_share = facing_key > -0.35 ? arriving(key_shadow, to_key, normal, key_softness, 0.5, first) : 0.0;
    vec3 wrap = 0.12 + translucency * vec3(0.22, 0.05, 0.0);  // red light travels farther in skin
    vec3 light = key_color * max((facing_key + wrap) / (1.0 + wrap), 0.0) * key_share
        * 6.5 / (1.0 + 0.6 * key_distance * key_distance);

    float open = arriving(ceiling_shadow, to_ceiling, normal, 0.045, 1.0, first);
    light += ceiling_color * max((normal.z + 0.2) / 1.2, 0.0) * mix(0.12, 1.0, open);

    vec3 toward_fill = normalize(fill_position - place);
    light += fill_color * max((dot(normal, toward_fill) + 0.3) / 1.3, 0.0) * mix(0.5, 1.0, open) * corners;

    vec3 toward_screen = screen_position - place;
    light += screen_color * max(dot(normal, normalize(toward_screen)), 0.0) / (dot(toward_screen, toward_screen) + 0.05);

    light += mix(ground_color, sky_color, normal.z * 0.5 + 0.5) * mix(0.35, 1.0, open) * corners;

    vec3 halfway = normalize(toward_key + toward_eye);
    float sharpness = mix(90.0, 8.0, sqrt(roughness));
    float highlight = gloss * 0.16 * (1.2 - roughness) * pow(max(dot(normal, halfway), 0.0), sharpness) * key_share * step(0.0, facing_key);
    float rim = gloss * (1.2 - roughness) * 0.10 * pow(1.0 - max(dot(normal, toward_eye), 0.0), 4.0);
    vec3 seen = color * light + key_color * highlight + rim * color.g * (sky_color + fill_color);
    picture = vec4(pow(filmic(seen * exposure), vec3(1.0 / 2.2)), 1);
}
