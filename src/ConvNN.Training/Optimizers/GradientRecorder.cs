using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Normalization;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;

namespace ConvNN.Training.Optimizers;

/// <summary>
/// Sums the squares of the mean gradient of some steps, so that its norm can be told after them. The weights are the same with and without
/// it: where a kernel applies the optimizer in registers it adds the squares there, and gradients that are stored anyway are kept.
/// </summary>
/// <remarks>
/// The order of the sum depends on the network alone. Parameters follow each other as in the layout. The weights of a dense layer are summed
/// as <see cref="SquareSums"/> says, and its cells one after another; any other parameter as <see cref="NormKernels"/> says.
/// </remarks>
internal sealed class GradientRecorder : IOptimizer
{
    private readonly IOptimizer _optimizer;
    private readonly int _every;
    private readonly AlignedBuffer _gradient;
    private readonly Part[] _parts;

    // The step whose dense weights are summed by kernels, rather than kept.
    private long _summedStep;

    /// <summary>Records steps.</summary>
    /// <param name="optimizer">What takes the gradient.</param>
    /// <param name="every">The steps that are recorded: those whose number this divides.</param>
    /// <param name="network">Whose weights it changes.</param>
    public GradientRecorder(IOptimizer optimizer, int every, Network network)
    {
        _optimizer = optimizer;
        _every = every;
        _gradient = new AlignedBuffer(network.Layout.TrainedLength);
        Dictionary<Parameter, Dense> dense = network.Layers.OfType<Dense>().Where(layer => layer.IsTrained).ToDictionary(layer => layer.Weight);
        _parts = [.. network.Layout.Parameters.Where(parameter => parameter.IsTrained).OrderBy(parameter => parameter.Offset).Select(parameter =>
            dense.TryGetValue(parameter, out Dense? layer) ? new Part(parameter, layer.Geometry(samples: 0)) : new Part(parameter, null))];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, AlignedBuffer> State => _optimizer.State;

    /// <summary>Whether a step is recorded.</summary>
    /// <param name="step">Its number in the run, from 1.</param>
    public bool IsRecorded(long step) => step % _every == 0;

    /// <summary>
    /// The Euclidean norm of the mean gradient of a recorded step, the last one that was run. It has the same bits for any division of the
    /// work; above 1.8 · 10¹⁹, where a float has no square, it is that.
    /// </summary>
    /// <param name="step">The step.</param>
    public double Norm(long step)
    {
        double sum = 0;
        foreach (Part part in _parts)
        {
            ReadOnlySpan<float> kept = _gradient.Span.Slice(part.Parameter.Offset, part.Parameter.Length);
            if (part.Geometry is not { } geometry)
            {
                sum += NormKernels.SumOfSquares(kept);
                continue;
            }

            if (_summedStep != step)
            {
                DenseKernels.SumSquares(kept, geometry, part.Sums(firstUnit: 0));
            }

            foreach (double cell in part.Cells)
            {
                sum += cell;
            }
        }

        return Math.Sqrt(Math.Min(sum, float.MaxValue));
    }

    /// <inheritdoc/>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradients, int start, float learningRate, long step)
    {
        if (IsRecorded(step))
        {
            gradients.CopyTo(_gradient.Span[start..]);
            if (gradients.Length == _gradient.Length)
            {
                _summedStep = 0;
            }
        }

        _optimizer.Step(weights, gradients, start, learningRate, step);
    }

    /// <inheritdoc/>
    public bool TryUpdate(int start, int length, float learningRate, long step, out WeightUpdate update)
    {
        if (!_optimizer.TryUpdate(start, length, learningRate, step, out update))
        {
            return false;
        }

        if (IsRecorded(step))
        {
            Part part = Array.Find(_parts, part => part.Geometry is not null && part.Parameter.Offset <= start && start < part.Parameter.Offset + part.Parameter.Length)!;
            update = update.WithSquareSums(part.Sums((start - part.Parameter.Offset) / part.Parameter.RowStride));
            Volatile.Write(ref _summedStep, step);
        }

        return true;
    }

    /// <summary>A parameter; with the sums of a dense layer's weights.</summary>
    private sealed class Part(Parameter parameter, DenseGeometry? geometry)
    {
        private readonly AlignedBuffer _columns = new(geometry is { } all ? all.UnitBlocks * all.InputStride : 0);

        public Parameter Parameter => parameter;

        public DenseGeometry? Geometry => geometry;

        public double[] Cells { get; } = new double[geometry is { } all ? all.UnitBlocks * all.InputLeaves : 0];

        /// <summary>Where the sums of the units from <paramref name="firstUnit"/> go, which begins a block.</summary>
        public SquareSums Sums(int firstUnit)
        {
            DenseGeometry all = geometry!.Value;
            int block = firstUnit / all.UnitBlock;
            return new SquareSums(_columns.Span[(block * all.InputStride)..], Cells.AsSpan(block * all.InputLeaves));
        }
    }
}
