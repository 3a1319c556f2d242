using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline;

/// <summary>The source of a pass's batches. One block asks it for one batch after another.</summary>
public interface IBatchSource
{
    /// <summary>The number of samples in the whole pass.</summary>
    int Samples { get; }

    /// <summary>Whether weights change, and dropout and augmentation are on.</summary>
    bool IsTraining { get; }

    /// <summary>The epoch, from 1: together with seed and dataset index, the key of random numbers.</summary>
    int Epoch { get; }

    /// <summary>Receives the outcome of each image of an evaluation; null if nobody asks.</summary>
    ImageOutcomes? Outcomes => null;

    /// <summary>Fills the next batch of the pass.</summary>
    /// <param name="batch">The batch to fill.</param>
    /// <returns>False if the pass has no more samples; the batch is unchanged then.</returns>
    bool TryFill(MiniBatch batch);
}
