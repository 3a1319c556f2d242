using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>
/// The weights that members own by features, in memory of each member's own. A row of the dense layer's weights holds inputs of all
/// members: processors that fetch ahead of a read would go on into the neighbour's part, which the neighbour is about to change, so
/// that each change would have to wait for the other core.
/// </summary>
internal sealed class MemberWeights
{
    private readonly AlignedBuffer _weights;
    private readonly (int Start, int Length)[][] _owned;
    private readonly AlignedBuffer[] _copies;
    private readonly bool[] _isLoaded;

    /// <summary>Allocates the copies; a single member needs none.</summary>
    /// <param name="weights">All weights.</param>
    /// <param name="owned">The ranges that each member owns.</param>
    /// <param name="length">One past the last weight that members read.</param>
    public MemberWeights(AlignedBuffer weights, (int Start, int Length)[][] owned, int length)
    {
        _weights = weights;
        _owned = owned.Length == 1 ? [[]] : owned;
        _copies = owned.Length == 1 ? [weights] : [.. owned.Select(_ => new AlignedBuffer(length))];
        _isLoaded = new bool[owned.Length];
    }

    /// <summary>The weights of a member, at their places among all weights; those of others are zero. Only the member may call it during a step.</summary>
    public AlignedBuffer Of(int member)
    {
        if (!_isLoaded[member])
        {
            _isLoaded[member] = true;
            Copy(_weights, _copies[member], member);
        }

        return _copies[member];
    }

    /// <summary>Writes what members have changed among all weights. Each member takes its own from there again in the next step.</summary>
    public void Gather()
    {
        for (int member = 0; member < _copies.Length; member++)
        {
            if (_isLoaded[member])
            {
                Copy(_copies[member], _weights, member);
                _isLoaded[member] = false;
            }
        }
    }

    private void Copy(AlignedBuffer from, AlignedBuffer to, int member)
    {
        foreach ((int start, int length) in _owned[member])
        {
            from.Span.Slice(start, length).CopyTo(to.Span[start..]);
        }
    }
}
