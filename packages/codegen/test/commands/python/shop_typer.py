import enum

import typer

app = typer.Typer()


class Color(str, enum.Enum):
    red = 'red'
    blue = 'blue'


@app.command()
def paint(wall: str, color: Color = Color.red, coats: int = typer.Option(1, help='How many')):
    """Paints a wall."""
    print(f'{wall} {color.value} {coats}')


@app.command('wash-all')
def wash(walls: list[str], hot: bool = False):
    """Washes walls."""
    print(f'{",".join(walls)} {hot}')


if __name__ == '__main__':
    app()
