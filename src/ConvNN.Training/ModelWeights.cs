using ConvNN.Kernels.Vectors;
using ConvNN.Model.Parameters;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Progress;

namespace ConvNN.Training;

/// <summary>
/// The weights that are evaluated and saved: those that training changes, or their moving average; and of a run with a
/// validation part, those of its best epoch.
/// </summary>
/// <param name="layout">The network's layout.</param>
/// <param name="weights">The weights that training changes.</param>
/// <param name="average">Their moving average; null for none.</param>
/// <param name="keepsBest">Whether the best epoch counts, and not the last.</param>
internal sealed class ModelWeights(ParameterLayout layout, AlignedBuffer weights, WeightAverage? average, bool keepsBest)
{
    /// <summary>The buffer, in the network's layout; that of the weights themselves where they are what counts.</summary>
    public AlignedBuffer Buffer { get; } = average is null && !keepsBest ? weights : Copy(weights);

    /// <summary>Whether the buffer has the weights of the best epoch so far, which later steps do not change.</summary>
    public bool HasBest { get; private set; }

    /// <summary>Continues with a buffer that a checkpoint has filled.</summary>
    /// <param name="epochs">Finished epochs.</param>
    public void ResumeAt(int epochs) => HasBest = keepsBest && epochs > 0;

    /// <summary>Puts the average into the place of the weights for an evaluation, and the weights back when it is called again.</summary>
    public void Swap()
    {
        if (average is null)
        {
            return;
        }

        Span<float> trained = weights.Span[..layout.TrainedLength], averaged = average.Average.Span;
        for (int i = 0; i < trained.Length; i++)
        {
            (trained[i], averaged[i]) = (averaged[i], trained[i]);
        }
    }

    /// <summary>Takes an evaluated epoch as the model if it counts; between both calls of <see cref="Swap"/>.</summary>
    /// <param name="epoch">The epoch.</param>
    public void Take(EpochResult epoch)
    {
        if (epoch.IsBest)
        {
            weights.Span.CopyTo(Buffer.Span);
            HasBest = keepsBest;
        }
    }

    /// <summary>Takes the weights of the last step, unless an epoch of the run counts more.</summary>
    public void TakeLast()
    {
        if (!HasBest)
        {
            Swap();
            weights.Span.CopyTo(Buffer.Span);
            Swap();
        }
    }

    private static AlignedBuffer Copy(AlignedBuffer weights)
    {
        AlignedBuffer copy = new(weights.Length);
        weights.Span.CopyTo(copy.Span);
        return copy;
    }
}
