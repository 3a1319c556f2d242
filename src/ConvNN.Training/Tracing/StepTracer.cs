using ConvNN.Kernels.Sums;
using ConvNN.Model.Parameters;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tracing;

/// <summary>Records what a <see cref="StepDefinition"/> computes in one step. It computes only norms and hashes itself.</summary>
/// <param name="layout">The layout of the weights.</param>
/// <param name="weights">The weights before the step.</param>
internal sealed class StepTracer(ParameterLayout layout, ReadOnlySpan<float> weights)
{
    private readonly float[] _before = weights.ToArray();
    private readonly float[] _mean = new float[layout.TrainedLength];
    private readonly Dictionary<(int Lo, int Hi), double> _norms = [];

    // The sums of the first tensor: small enough to keep all of them.
    private readonly Parameter _first = layout.Parameters.First(parameter => parameter.IsTrained);
    private readonly Dictionary<(int Lo, int Hi), float[]> _sums = [];

    /// <summary>Records a sum of gradients: <see cref="StepDefinition.OnSum"/>.</summary>
    public void Sum(int lo, int hi, ReadOnlySpan<float> sum)
    {
        _norms[(lo, hi)] = Math.Sqrt(SumOfSquares(sum));
        _sums[(lo, hi)] = sum.Slice(_first.Offset, _first.Length).ToArray();
    }

    /// <summary>Records the mean gradient: <see cref="StepDefinition.OnApplied"/>.</summary>
    public void Applied(ReadOnlySpan<float> mean) => mean.CopyTo(_mean);

    /// <summary>The trace, after the step has run.</summary>
    /// <param name="step">The step.</param>
    /// <param name="plan">The leaves of the step, and the workers that would share them.</param>
    /// <param name="after">The weights after the step.</param>
    public StepTrace Read(StepJob step, PipelinePlan plan, ReadOnlySpan<float> after)
    {
        List<TracedWeight> moved = [];
        foreach (Parameter parameter in layout.Parameters.Where(parameter => parameter.IsTrained))
        {
            int at = parameter.Offset + IndexOfLargest(_mean.AsSpan(parameter.Offset, parameter.Length));
            moved.Add(new TracedWeight(layout.Describe(at), _before[at], _mean[at], after[at]));
        }

        List<TracedJoin> joins = [];
        AddJoins(0, plan.Leaves, joins);
        (int Lo, int Hi)[] workers = [.. Enumerable.Range(0, plan.Workers).Select(worker => Shard.LeavesOf(worker, plan.Workers, plan.Leaves))];
        return new StepTrace
        {
            Step = step.TrainingNumber,
            Epoch = step.Source.Epoch,
            Leaves = [.. Enumerable.Range(0, plan.Leaves).Select(leaf => LeafOf(leaf, Array.FindIndex(workers, run => leaf < run.Hi), step.Batch, plan.Leaves))],
            Joins = joins,
            Workers = workers,
            LearningRate = step.LearningRate,
            MeanNorm = Math.Sqrt(SumOfSquares(_mean)),
            Weights = moved,
            Orders = Orders(plan.Leaves),
            Before = new WeightsDigest(Math.Sqrt(SumOfSquares(_before)), layout.Hash(_before)),
            After = new WeightsDigest(Math.Sqrt(SumOfSquares(after)), layout.Hash(after)),
        };
    }

    private TracedOrders Orders(int leaves)
    {
        float[][] sums = [.. Enumerable.Range(0, leaves).Where(leaf => _sums.ContainsKey((leaf, leaf + 1))).Select(leaf => _sums[(leaf, leaf + 1)])];
        TracedSums[] all = [.. Enumerable.Range(0, _first.Length).Where(at => at % _first.RowStride < _first.RowLength).Select(at =>
            new TracedSums(layout.Describe(_first.Offset + at), [.. sums.Select(leaf => leaf[at])], TreeSum(0, leaves, at)!.Value))];
        return new TracedOrders(all.Length, all.Count(weight => weight.IsDiffering), all.OrderByDescending(weight => weight.IsDiffering).ThenByDescending(weight => Math.Abs(weight.Tree)).First());
    }

    // A join that adds nothing, since a side is empty, is not told.
    private float? TreeSum(int lo, int hi, int at) => _sums.TryGetValue((lo, hi), out float[]? sum) ? sum[at]
        : hi - lo == 1 ? null
        : TreeSum(lo, SumTree.Middle(lo, hi), at) ?? TreeSum(SumTree.Middle(lo, hi), hi, at);

    private TracedLeaf LeafOf(int leaf, int worker, MiniBatch batch, int leaves)
    {
        LeafCut cut = new(batch.Count, leaves);
        IEnumerable<int> samples = Enumerable.Range(cut.Start(leaf), cut.Start(leaf + 1) - cut.Start(leaf));
        return new TracedLeaf(
            worker,
            cut.Start(leaf),
            [.. samples.Select(n => new TracedSample(batch.Indices[n], batch.Labels[n], batch.Predictions[n], batch.Losses[n]))],
            _norms.GetValueOrDefault((leaf, leaf + 1)));
    }

    /// <summary>Adds the joins below a node and then its own; returns the norm of its sum. Adding an empty subtree leaves a sum unchanged.</summary>
    private double AddJoins(int lo, int hi, List<TracedJoin> joins)
    {
        if (hi - lo == 1)
        {
            return _norms.GetValueOrDefault((lo, hi));
        }

        int middle = SumTree.Middle(lo, hi);
        double left = AddJoins(lo, middle, joins);
        double right = AddJoins(middle, hi, joins);
        double norm = _norms.TryGetValue((lo, hi), out double joined) ? joined : left + right;
        joins.Add(new TracedJoin(lo, hi, norm));
        return norm;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            largest = Math.Abs(values[i]) > Math.Abs(values[largest]) ? i : largest;
        }

        return largest;
    }

    // One after another, in doubles, so that the result is the same everywhere.
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }
}
