using System.Globalization;
using System.Text.RegularExpressions;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Checkpoints;

/// <summary>The name of a checkpoint's folder: <c>step-00001500</c>, or <c>step-00006000-epoch-1</c> when an epoch has just been evaluated.</summary>
/// <param name="Step">Steps finished in the run.</param>
/// <param name="Epoch">The epoch that has just been evaluated; null in the middle of one.</param>
public readonly partial record struct CheckpointName(long Step, int? Epoch)
{
    /// <summary>The order of a run's checkpoints: an evaluation comes after the last step of its epoch.</summary>
    public (long Step, int Epoch) Order => (Step, Epoch ?? 0);

    /// <summary>The name of a state.</summary>
    public static CheckpointName Of(TrainingProgress progress) => new(progress.Step, progress.IsBetweenEpochs ? progress.Epochs.Count : null);

    /// <summary>Reads a name; null if it is not a checkpoint's.</summary>
    public static CheckpointName? TryParse(string name) =>
        Form().Match(name) is { Success: true } match
            ? new CheckpointName(
                long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : null)
            : null;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"step-{Step:D8}") + (Epoch is { } epoch ? string.Create(CultureInfo.InvariantCulture, $"-epoch-{epoch}") : "");

    [GeneratedRegex(@"^step-(\d{8,15})(?:-epoch-(\d{1,8}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
