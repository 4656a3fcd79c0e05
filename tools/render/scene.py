"""A room with people in it, ready to be photographed: room, light, figures and sensor combined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tools.render.body import Body, Posed
from tools.render.camera import Camera
from tools.render.gl import Canvas
from tools.render.lights import LIGHTS, Light
from tools.render.people import Person
from tools.render.rooms import ROOMS, Room, build
from tools.render.sensor import Pixels, Sensor, expose
from tools.render.wardrobe import Figure


class Scene:
    """A room and its people; create one, and take many pictures of it.

    A context manager; `close` releases the graphics context.
    """

    def __init__(
        self,
        room: Room | str,
        light: Light | str,
        people: Sequence[Person],
        width: int = 640,
        height: int = 480,
        barefoot: bool = False,
        supersampling: int = 2,
    ) -> None:
        """Build the room and dress the people.

        Args:
            room: one of `rooms.ROOMS`, or its name.
            light: one of `lights.LIGHTS`, or its name; its window is moved to the side where the room has one.
            people: everybody who may be in the pictures.
            width: of the pictures, pixels.
            height: of the pictures, pixels.
            barefoot: whether people have taken their shoes off, as on a mat.
            supersampling: as in `Canvas`: 2 for large sets, 3 or 4 for pictures that people look at.
        """
        self.room = ROOMS[room] if isinstance(room, str) else room
        told = LIGHTS[light] if isinstance(light, str) else light
        self.light = told.mirrored() if self.room.window_side == "right" and not told.from_behind else told
        self.people = tuple(people)
        self.canvas = Canvas(width, height, supersampling)
        build(self.canvas, self.room, window_behind=self.light.from_behind)
        self.bodies = tuple(Body(person.shape) for person in people)
        """The people's bodies, ready to be posed."""
        self.figures = tuple(
            Figure(self.canvas, body, person.look, barefoot) for body, person in zip(self.bodies, people, strict=True)
        )

    def __enter__(self) -> Scene:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the graphics context; the scene cannot be used afterwards."""
        self.canvas.close()

    def picture(
        self,
        posed: Sequence[Posed | None],
        camera: Camera,
        sensor: Sensor,
        seed: int = 0,
        blinks: Sequence[float] | None = None,
    ) -> Pixels:
        """Take a picture.

        Args:
            posed: the postures of this scene's `bodies`; None leaves that person out.
            camera: its width and height must be the scene's.
            sensor: what the camera is like.
            seed: for the noise: the same seed gives the same picture.
            blinks: how far each person's eyes are closed, 0 open to 1 shut; open if omitted.

        Returns:
            RGB, uint8, shape (height, width, 3).

        Raises:
            ValueError: if the number of postures differs from the number of people, or the camera takes pictures of
                another size.
        """
        closed = [0.0] * len(self.figures) if blinks is None else blinks
        for figure, posture, blink in zip(self.figures, posed, closed, strict=True):
            if posture is None:
                figure.hide()
            else:
                figure.update(posture, blink)
        return expose(self.canvas.draw(camera, self.light), sensor, np.random.default_rng(seed))
