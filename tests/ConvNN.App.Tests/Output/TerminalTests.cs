using ConvNN.App.Output;

namespace ConvNN.App.Tests.Output;

public class TerminalTests
{
    [Theory]
    [InlineData("xterm-256color", null, true)]
    [InlineData("xterm", "", true)]
    [InlineData("xterm", "1", false)]
    [InlineData("dumb", null, false)]
    public void WantsIt_Environment_DecidesOnPlainLines(string term, string? noColor, bool expected) =>
        Assert.Equal(expected, Terminal.WantsIt(name => name == "TERM" ? term : name == "NO_COLOR" ? noColor : null));

    [Theory]
    [InlineData(120, 119)]
    [InlineData(0, 79)]
    public void Columns_LeaveTheLastOneFree(int width, int expected) => Assert.Equal(expected, new Terminal(() => width).Columns);
}
