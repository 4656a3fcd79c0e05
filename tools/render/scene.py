"""A room with people in it, ready to be photographed: room, light, figures and sensor put together."""

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
    """A room and its people; make one, and take many pictures of it.

    A context manager; `close` gives the graphics context back.
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
            light: one of `lights.LIGHTS`, or its name; its window is put to the side where the room has one.
            people: who may be in the pictures.
            width: of the pictures, pixels.
            height: of the pictures, pixels.
            barefoot: whether people have taken their shoes off, as on a mat.
            supersampling: as of `Canvas`: 2 for large sets, 3 or 4 for pictures that people look at.

        """
        self.room = ROOMS[room] if isinstance(room, str) else room
        told = LIGHTS[light] if isinstance(light, str) else light
        self.light = told.mirrored() if self.room.window_side == "right" and not told.from_behind else told
        self.people = tuple(people)
        self.canvas = Canvas(width, height, supersampling)
        build(self.canvas, self.room, window_behind=self.light.from_behind)
        self.bodies = tuple(Body(person.shape) for person in people)
        """Of the people, to be posed."""
        self.figures = tuple(
            Figure(self.canvas, body, person.look, barefoot) for body, person in zip(self.bodies, people, strict=True)
        )

    def __enter__(self) -> Scene:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the graphics context back; the scene cannot be used after."""
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
            posed: each person's posture, of this scene's `bodies`; None leaves that person out.
            camera: whose width and height are the scene's.
            sensor: what the camera is like.
            seed: of the noise: the same seed gives the same picture.
            blinks: how far each person's eyes are closed, 0 open to 1 shut; open where not given.

        Returns:
            RGB, uint8, shape (height, width, 3).

        Raises:
            ValueError: if there are not as many postures as people, or the camera takes pictures of another size.

        """
        closed = [0.0] * len(self.figures) if blinks is None else blinks
        for figure, posture, blink in zip(self.figures, posed, closed, strict=True):
            if posture is None:
                figure.hide()
            else:
                figure.update(posture, blink)
        return expose(self.canvas.draw(camera, self.light), sensor, np.random.default_rng(seed))
