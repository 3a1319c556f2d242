using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Log.Drawing;

/// <summary>The status line of a running epoch: as much as fits.</summary>
internal static class StatusText
{
    private const int Step = 0;
    private const int Loss = 1;
    private const int Accuracy = 2;
    private const int Speed = 3;
    private const int Left = 4;
    private const int Loads = 5;

    // The order in which parts are shortened if the line does not fit.
    private static readonly int[] Shortening = [Loads, Loads, Step, Speed, Loads, Step, Loads, Loss, Left, Speed, Accuracy, Step];

    /// <summary>The line.</summary>
    /// <param name="step">The progress of the epoch.</param>
    /// <param name="columns">The width of the terminal.</param>
    public static string Of(StepEvent step, int columns)
    {
        string[][] parts = Parts(step);
        int[] chosen = new int[parts.Length];
        string line = Line(step, parts, chosen);
        foreach (int part in Shortening)
        {
            if (line.Length <= columns)
            {
                break;
            }

            chosen[part] = Math.Min(chosen[part] + 1, parts[part].Length - 1);
            line = Line(step, parts, chosen);
        }

        return line;
    }

    /// <summary>The forms of each part of the line, from the longest to none.</summary>
    private static string[][] Parts(StepEvent step)
    {
        StepProgress at = step.Progress;
        string done = $"{at.Step:N0}/{at.Steps:N0}";
        string speed = $"{step.ImagesPerSecond:N0}";
        StageLoad busiest = at.Loads.Count == 0 ? default : at.Loads.MaxBy(load => load.Busy);
        return
        [
            [$"step {done}", done, Share((double)at.Step / at.Steps), ""],
            [at.Loss is { } loss ? $"loss {loss:0.0000}" : "", ""],
            [at.Accuracy is { } accuracy ? $"acc{(step.HasDropout ? "*" : "")} {100 * accuracy:0.0} %" : "", ""],
            [$"{speed} images/s", $"{speed}/s", ""],
            [step.Left is { } left ? Figures.Left(left) : "", ""],
            [
                Busy(at.Loads),
                Busy(at.Loads.Where(load => load.Stage != "shard" || load.Stage == busiest.Stage)),
                Busy(at.Loads.Where(load => load.Stage == busiest.Stage)),
                Busy(at.Loads.Where(load => load.Stage == busiest.Stage)).Replace($"{Fold.Tie}", "", StringComparison.Ordinal),
                "",
            ],
        ];
    }

    private static string Busy(IEnumerable<StageLoad> loads) => string.Join(' ', loads.Select(load => $"{load.Stage} {Share(load.Busy)}"));

    private static string Line(StepEvent step, string[][] parts, int[] chosen)
    {
        IEnumerable<string> texts = parts.Select((forms, part) => forms[chosen[part]]).SkipLast(1).Where(text => text.Length > 0);
        string loads = parts[Loads][chosen[Loads]];
        string line = string.Join("  ", texts.Prepend(EpochTable.Number(step.Progress.Epoch, step.Epochs)));
        return Untied(loads.Length == 0 ? line : $"{line} │ {loads}");
    }
}
