using ConvNN.Kernels.Sums;
using ConvNN.Model.Parameters;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tracing;

/// <summary>
/// Lays one step of a run open: the observer of a <see cref="Trainer"/>, which trains as ever. Nothing is computed again
/// but the lengths of what the pipeline has computed.
/// </summary>
/// <remarks>The trainer needs <see cref="PipelineOptions.SeparateLeaves"/>, and <see cref="Taken"/> to stop at.</remarks>
/// <param name="layout">Where the weights lie.</param>
/// <param name="wanted">The step of the run, from 1.</param>
public sealed class StepTracer(ParameterLayout layout, long wanted) : IStepObserver, IDisposable
{
    private readonly CancellationTokenSource _taken = new();
    private readonly Dictionary<(int Lo, int Hi), double> _joinedSquares = [];
    private readonly float[] _before = new float[layout.Length];
    private (TracedLeaf[] Leaves, (int Lo, int Hi)[] Workers, int Epoch) _computed;

    /// <summary>The step; null as long as the run has not come to it.</summary>
    public StepTrace? Trace { get; private set; }

    /// <summary>Cancelled when the step is over: stops the run there.</summary>
    public CancellationToken Taken => _taken.Token;

    /// <inheritdoc/>
    public bool Wants(long step) => step == wanted;

    /// <inheritdoc/>
    public void Computed(long step, IReadOnlyList<Shard> shards, ReadOnlySpan<float> weights)
    {
        weights.CopyTo(_before);
        Shard first = shards.First(shard => shard.Count > 0);
        _computed = (
            [.. shards.SelectMany(shard => shard.Gradients.Select(gradient => LeafOf(shard, gradient)))],
            [.. shards.Select(shard => (shard.Lo, shard.Hi))],
            first.Step.Source.Epoch);
    }

    /// <inheritdoc/>
    public void Joined(int lo, int hi, int start, ReadOnlySpan<float> sum) =>
        _joinedSquares[(lo, hi)] = _joinedSquares.GetValueOrDefault((lo, hi)) + SumOfSquares(sum);

    /// <inheritdoc/>
    public void Applied(float learningRate, ReadOnlySpan<float> mean, ReadOnlySpan<float> weights)
    {
        List<TracedJoin> joins = [];
        NormOf(0, _computed.Leaves.Length, joins);
        List<TracedWeight> moved = [];
        foreach (Parameter parameter in layout.Parameters.Where(parameter => parameter.IsTrained))
        {
            int at = parameter.Offset + IndexOfLargest(mean.Slice(parameter.Offset, parameter.Length));
            moved.Add(new TracedWeight(layout.Describe(at), _before[at], mean[at], weights[at]));
        }

        Trace = new StepTrace
        {
            Step = wanted,
            Epoch = _computed.Epoch,
            Leaves = _computed.Leaves,
            Joins = joins,
            Workers = _computed.Workers,
            LearningRate = learningRate,
            MeanNorm = Math.Sqrt(SumOfSquares(mean)),
            Weights = moved,
            Before = new WeightsDigest(Math.Sqrt(SumOfSquares(_before)), layout.Hash(_before)),
            After = new WeightsDigest(Math.Sqrt(SumOfSquares(weights)), layout.Hash(weights)),
        };
        _taken.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _taken.Dispose();

    private static TracedLeaf LeafOf(Shard shard, SubtreeGradient gradient)
    {
        if (gradient.Hi - gradient.Lo != 1)
        {
            throw new InvalidOperationException($"the leaves [{gradient.Lo}, {gradient.Hi}) are summed already; a trace needs SeparateLeaves.");
        }

        MiniBatch batch = shard.Step.Batch;
        int start = shard.FirstSample + gradient.Edges[0];
        IEnumerable<int> samples = Enumerable.Range(start, gradient.Edges[1] - gradient.Edges[0]);
        return new TracedLeaf(
            shard.Worker,
            start,
            [.. samples.Select(n => new TracedSample(batch.Indices[n], batch.Labels[n], batch.Predictions[n], batch.Losses[n]))],
            gradient.IsEmpty ? 0 : Math.Sqrt(SumOfSquares(gradient.Values)));
    }

    /// <summary>The length of a node's sum; notes the joins on the way up. A join with nothing is none: the sum stays what it was.</summary>
    private double NormOf(int lo, int hi, List<TracedJoin> joins)
    {
        if (hi - lo == 1)
        {
            return _computed.Leaves[lo].Norm;
        }

        int middle = SumTree.Middle(lo, hi);
        double left = NormOf(lo, middle, joins);
        double right = NormOf(middle, hi, joins);
        double norm = _joinedSquares.TryGetValue((lo, hi), out double squares) ? Math.Sqrt(squares) : left + right;
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

    // One after the other, in doubles: the same for everybody.
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
