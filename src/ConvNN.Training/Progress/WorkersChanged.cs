using ConvNN.Training.Options;

namespace ConvNN.Training.Progress;

/// <summary>Steps run on another number of threads from now on, because that was measured to be faster or processors are not free for more.</summary>
/// <param name="From">Threads of a step before, or those that steps would have run on.</param>
/// <param name="To">Threads of a step from now on.</param>
/// <param name="Step">Steps of the run that were finished then.</param>
/// <param name="ImagesPerSecond">Images per second on the new number of threads: the median of a few turns, or a running mean if no other number was tried.</param>
/// <param name="Against">Images per second on the old number in the turns between; null if it was not tried, since its processors are not free.</param>
public sealed record WorkersChanged(int From, int To, long Step, double ImagesPerSecond, double? Against) : TrainingEvent
{
    /// <summary>How gradients come together from now on, if the new number of threads runs fastest with another exchange; null where it stays.</summary>
    public ExchangeKind? Exchange { get; init; }
}
