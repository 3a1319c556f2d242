namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <content>What travels: the bytes that a member reads in a phase and that another member has written since it last read them.</content>
internal sealed partial class OwnFeatureExchange
{
    private static long None(int member) => 0;

    /// <summary>The images that others have loaded.</summary>
    private long FeatureReads(int member) => SamplesOfOthers(member) * _step.Batch.Shape.Stride * sizeof(float);

    /// <summary>For the member's own samples, the partial sums of others; and the weights that others have changed.</summary>
    private long SampleReads(int member)
    {
        if (_shards[member].Count == 0)
        {
            return 0;
        }

        int first = _features is null ? 0 : _features.Index + 2;
        long floats = _features is null ? 0 : (long)_shards[member].Count * _workspace.Layers[_features.Index + 1].Output.Stride * Others(member).Sum(_features.SumsOf);
        floats += _owned.Skip(first).Sum(weights => weights is null ? 0 : Others(member).Sum(weights.CountOf));
        floats += _joined.Sum(range => range.Length - (long)JoinedBy(member, range.Length).Length);
        return floats * sizeof(float);
    }

    /// <summary>The gradients of the sums of the samples of others.</summary>
    private long BackwardReads(int member) => SamplesOfOthers(member) * _workspace.Layers[_features!.Index + 1].Output.Stride * sizeof(float);

    /// <summary>The inputs and gradients of the samples of others, in the leaves that the member sums.</summary>
    private long LeafReads(int member) => sizeof(float) * _leaves!.RunsOf(member).Sum(run => OfOthers(run.First, run.End, _shards[member]) * (run.Layer.Input.Stride + (long)run.Layer.Output.Stride));

    /// <summary>The inputs and gradients of the samples of others, for the member's own weights; and what others have summed for those that are joined.</summary>
    private long UpdateReads(int member)
    {
        int first = _features is null ? 0 : _features.Index + 2;
        long floats = _owned.Skip(first).Sum(weights => weights is null || weights.UnitsOf(member).Count == 0 ? 0L : SamplesOfOthers(member) * (weights.Layer.Input.Stride + weights.UnitsOf(member).Count));
        floats += _joined.Sum(range => (long)JoinedBy(member, range.Length).Length) * (_leaves?.Gradients ?? Others(member).SelectMany(other => _shards[other].Gradients)).Count(gradient => !gradient.IsEmpty);
        return floats * sizeof(float);
    }

    private long SamplesOfOthers(int member) => _step.Batch.Count - _shards[member].Count;

    private static long OfOthers(int first, int end, Shard own) =>
        end - first - Math.Max(0, Math.Min(end, own.FirstSample + own.Count) - Math.Max(first, own.FirstSample));

    private IEnumerable<int> Others(int member) => Enumerable.Range(0, _shards.Length).Where(other => other != member);
}
