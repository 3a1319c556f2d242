namespace ConvNN.Training.Pipeline;

/// <summary>Where a pass gets its batches from. Asked by one block, one batch at a time, in order.</summary>
public interface IBatchSource
{
    /// <summary>Samples of the whole pass.</summary>
    int Samples { get; }

    /// <summary>Whether dropout and the like are on, and weights change.</summary>
    bool IsTraining { get; }

    /// <summary>The epoch, from 1: with seed and dataset index, the key of random numbers.</summary>
    int Epoch { get; }

    /// <summary>Fills the next batch of the pass.</summary>
    /// <param name="batch">The batch to fill.</param>
    /// <returns>False when the pass has no more samples; the batch is untouched then.</returns>
    bool TryFill(MiniBatch batch);
}
