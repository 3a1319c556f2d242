using ConvNN.App.Log.Events;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Log.Drawing;

/// <summary>Colours the lines that need attention and the results.</summary>
internal static class Paint
{
    private const string Reset = "\u001b[0m";
    private const string Bold = "\u001b[1m";
    private const string Red = "\u001b[31m";
    private const string Green = "\u001b[32m";
    private const string Yellow = "\u001b[33m";

    /// <summary>A line in the colours of its event.</summary>
    /// <param name="what">The event.</param>
    /// <param name="line">The line.</param>
    /// <param name="hasColour">Whether the terminal supports colours.</param>
    public static string Line(RunEvent what, string line, bool hasColour)
    {
        if (!hasColour || line.Length == 0)
        {
            return line;
        }

        return what switch
        {
            { Level: LogLevel.Warning } => $"{Yellow}{line}{Reset}",
            { Level: >= LogLevel.Error } => $"{Red}{line}{Reset}",
            DataEvent or EpochEvent or DoneEvent when line.Contains("SAMPLE", StringComparison.Ordinal) =>
                line.Replace(DataEvent.SampleLabel, $"{Yellow}{DataEvent.SampleLabel}{Reset}", StringComparison.Ordinal)
                    .Replace("  SAMPLE", $"  {Yellow}SAMPLE{Reset}", StringComparison.Ordinal),
            DoneEvent { IsSample: false } or TextEvent { Word: "equal" } => $"{Green}{line}{Reset}",
            EpochEvent or StepEvent when line.Contains("epoch", StringComparison.Ordinal) => $"{Bold}{line}{Reset}",
            _ => line,
        };
    }
}
