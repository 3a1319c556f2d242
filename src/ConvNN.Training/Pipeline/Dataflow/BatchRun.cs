using System.Diagnostics.CodeAnalysis;

namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>
/// Batches that follow each other in a pass. They are handed on in one message, so a step costs no message of its own; a few runs
/// circulate in the pipeline.
/// </summary>
/// <param name="batches">The batches.</param>
internal sealed class BatchRun(IReadOnlyList<MiniBatch> batches)
{
    private int _filled;
    private int _taken;
    private int _awaited;

    /// <summary>Whether no batch is filled.</summary>
    public bool IsEmpty => _filled == 0;

    /// <summary>Whether all batches are filled.</summary>
    public bool IsFull => _filled == batches.Count;

    /// <summary>The batches that are filled.</summary>
    public IEnumerable<MiniBatch> Filled => batches.Take(_filled);

    /// <summary>Whether no block is still to load images of it.</summary>
    public bool IsLoaded => Volatile.Read(ref _awaited) == 0;

    /// <summary>Waits for blocks that load the images of its batches, a share each.</summary>
    /// <param name="blocks">How many.</param>
    public void Await(int blocks) => Volatile.Write(ref _awaited, blocks);

    /// <summary>Notes that a block has loaded its share.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool HasLoaded() => Interlocked.Decrement(ref _awaited) == 0;

    /// <summary>Begins anew.</summary>
    public void Clear() => (_filled, _taken) = (0, 0);

    /// <summary>Fills one more batch.</summary>
    /// <param name="source">The batches of the pass.</param>
    /// <returns>False if the pass has no more samples.</returns>
    public bool TryFill(IBatchSource source)
    {
        bool isFilled = source.TryFill(batches[_filled]);
        _filled += isFilled ? 1 : 0;
        return isFilled;
    }

    /// <summary>Takes the next batch for a step.</summary>
    /// <param name="batch">The batch; null if all of them have been taken.</param>
    public bool TryTake([NotNullWhen(true)] out MiniBatch? batch)
    {
        batch = _taken < _filled ? batches[_taken++] : null;
        return batch is not null;
    }
}
