using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Log.Drawing;

/// <summary>Shows events on a terminal: lines, and below them a status line for the current download or epoch.</summary>
/// <param name="output">stdout.</param>
/// <param name="terminal">The terminal that it is.</param>
internal sealed class TerminalDisplay(LineWriter output, Terminal terminal) : IDisplay
{
    private readonly RunDrawing _drawing = new();
    private bool _isStopping;

    /// <inheritdoc/>
    public void Show(DateTimeOffset time, RunEvent what)
    {
        if (what.Audience == Audience.LogFile || (_isStopping && what is (StepEvent or FetchEvent or SweepStatusEvent)))
        {
            return;
        }

        // An outdated status line is removed, also that of a mirror that has failed. After the first signal there is none, so that a second signal leaves a clean screen.
        _isStopping |= what.Word == "stop";
        if (what.EndsStatus || what is EpochEvent or DoneEvent or DataEvent or FetchEvent { Progress.IsComplete: true } || what.Word == "retry" || _isStopping)
        {
            output.Redraw("");
        }

        foreach (string line in _drawing.Lines(what, terminal.Columns))
        {
            // Overwrites the ^C that the terminal may have echoed on an empty line.
            string start = what.Word == "stop" ? "\r" : "";
            output.Show(line, printed => start + Paint.Line(what, printed, terminal.HasColour));
        }

        switch (what)
        {
            case StepEvent step:
                output.Redraw(StatusText.Of(step, terminal.StatusColumns));
                break;
            case SweepStatusEvent sweep:
                output.Redraw(sweep.Line(terminal.StatusColumns));
                break;
            case FetchEvent { Progress.IsComplete: false } fetch:
                output.Redraw(FetchText.Bar(fetch, terminal.StatusColumns));
                break;
        }
    }
}
