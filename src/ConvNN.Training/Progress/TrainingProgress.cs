namespace ConvNN.Training.Progress;

/// <summary>The position of a state in its run.</summary>
/// <param name="Step">Steps finished in the run: the optimizer's counter.</param>
/// <param name="Epochs">The finished and evaluated epochs, from the first on.</param>
/// <param name="Current">The progress of the epoch after them.</param>
public sealed record TrainingProgress(long Step, IReadOnlyList<EpochResult> Epochs, EpochProgress Current)
{
    /// <summary>A run that has not begun.</summary>
    public static TrainingProgress Begin { get; } = new(0, [], default);

    /// <summary>
    /// What a checkpoint keeps of it: each has all epochs, so theirs must be short. Only the load of training is ever looked at again.
    /// </summary>
    public TrainingProgress Abridged() => this with
    {
        Epochs = [.. Epochs.Select(epoch => epoch with { Test = epoch.Test with { Loads = [] }, Validation = epoch.Validation is null ? null : epoch.Validation with { Loads = [] } })],
    };

    /// <summary>Whether the last epoch is finished and evaluated, and the next has not begun.</summary>
    public bool IsBetweenEpochs => Epochs.Count > 0 && Current.Samples == 0;

    /// <summary>The best epoch so far, by the validation part, or by the test part where there is none; null before any.</summary>
    public EpochResult? Best => Epochs is [.., { Validation: not null }]
        ? Epochs.LastOrDefault(epoch => epoch.IsBest)
        : Epochs.MaxBy(epoch => epoch.Test.Accuracy);
}
