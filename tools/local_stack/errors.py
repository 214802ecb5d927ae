"""What goes wrong with the local stack, said so that the reader knows what to do next."""


class StackError(Exception):
    """The local stack cannot do what was asked. `advice` is the next thing to try."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.problem}\n{self.advice}"
