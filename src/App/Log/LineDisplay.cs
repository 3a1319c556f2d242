using ConvNN.App.Log.Drawing;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;

namespace ConvNN.App.Log;

/// <summary>Shows events as machine-readable lines.</summary>
/// <param name="output">Where they are written.</param>
/// <param name="format">The format of a line.</param>
internal sealed class LineDisplay(LineWriter output, ILineFormat format) : IDisplay
{
    /// <inheritdoc/>
    public void Show(DateTimeOffset time, RunEvent what)
    {
        if (what.Audience is Audience.Everybody or Audience.Output)
        {
            foreach (RunEvent part in what.Parts)
            {
                output.Show(format.Line(time, part));
            }
        }
    }
}
