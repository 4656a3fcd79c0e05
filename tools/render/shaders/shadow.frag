// What is cut away throws no shadow.
#version 400
in float cut;

void main() {
    if (cut < 0.0) discard;
}
