using ConvNN.Data;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Any number of full batches: the images of a dataset in a given order, starting over after the last one.</summary>
/// <param name="dataset">The images.</param>
/// <param name="order">The order.</param>
/// <param name="batchSize">The number of images per batch.</param>
/// <param name="steps">The number of batches.</param>
/// <param name="isTraining">Whether weights change.</param>
internal sealed class RepeatedBatches(ImageDataset dataset, int[] order, int batchSize, int steps, bool isTraining) : IBatchSource
{
    private readonly int[] _indices = new int[batchSize];
    private int _steps;
    private int _next;

    /// <inheritdoc/>
    public int Samples => steps * batchSize;

    /// <inheritdoc/>
    public bool IsTraining => isTraining;

    /// <inheritdoc/>
    public int Epoch { get; init; } = 1;

    /// <inheritdoc/>
    public bool TryFill(MiniBatch batch)
    {
        if (_steps == steps)
        {
            return false;
        }

        for (int n = 0; n < batchSize; n++)
        {
            _indices[n] = order[_next];
            _next = (_next + 1) % order.Length;
        }

        batch.Choose(dataset, _indices);
        _steps++;
        return true;
    }
}
