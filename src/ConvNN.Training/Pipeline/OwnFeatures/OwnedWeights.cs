using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>
/// Which weights of a dense layer each member owns, and how it changes them: the weights of its inputs for all units where the
/// layer is divided by features, and those of its units otherwise. Biases belong to the owner of their unit.
/// </summary>
internal sealed class OwnedWeights
{
    // Units whose biases share a cache line.
    private const int Line = 16;

    // Units of a tile of the kernels: less than a line for members of whom there are more than lines.
    private const int UnitTile = 4;

    // Units that kernels compute together, and of which an optimizer that cannot be fused is handed a few at a time.
    private const int RowBlock = 8;

    private readonly UnitRun[] _units;
    private readonly UnitRun[] _biases;
    private readonly InputRun[] _inputs;
    private readonly AlignedBuffer[] _memory;
    private readonly FeatureDivision? _features;

    /// <summary>Divides a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="index">Its index in the workspace.</param>
    /// <param name="members">How many share it.</param>
    /// <param name="features">The division by features that it is part of; null if it is divided by units.</param>
    /// <param name="sumBlock">Units that have one owner because their squares are summed together; 1 if none are.</param>
    public OwnedWeights(Dense layer, int index, int members, FeatureDivision? features, int sumBlock)
    {
        Layer = layer;
        Index = index;
        _features = features;
        _biases = [.. Enumerable.Range(0, members).Select(member => Blocks(member, members, Line))];
        int block = layer.Output.Count >= members * Line ? Line : Math.Max(UnitTile, sumBlock);
        _units = features is null ? [.. Enumerable.Range(0, members).Select(member => Blocks(member, members, block))] : [.. _biases.Select(_ => new UnitRun(0, layer.Output.Count))];
        _inputs = [.. Enumerable.Range(0, members).Select(member => features?.InputsOf(member) ?? new InputRun(0, layer.Input.Count))];
        _memory = [.. Enumerable.Range(0, members).Select(_ => new AlignedBuffer((RowBlock * layer.Weight.RowStride) + layer.Output.Stride))];
    }

    /// <summary>The layer.</summary>
    public Dense Layer { get; }

    /// <summary>Its index in the workspace.</summary>
    public int Index { get; }

    /// <summary>Its parameters.</summary>
    public IEnumerable<Parameter> Parameters => Layer.Bias is null ? [Layer.Weight] : [Layer.Weight, Layer.Bias];

    /// <summary>The units whose weights a member owns, all of them or those of its inputs.</summary>
    public UnitRun UnitsOf(int member) => _units[member];

    /// <summary>How many weights a member owns, biases included.</summary>
    public long CountOf(int member) => ((long)_units[member].Count * _inputs[member].Count) + (Layer.Bias is null ? 0 : _biases[member].Count);

    /// <summary>Sums and averages the gradients of a member's weights over all samples, and lets the optimizer change them.</summary>
    /// <param name="all">All samples of the step.</param>
    /// <param name="workspace">Their activations and gradients.</param>
    /// <param name="edges">The step's leaves: leaf h holds the samples [edges[h], edges[h + 1]).</param>
    /// <param name="weights">All weights.</param>
    /// <param name="optimizer">Changes them.</param>
    /// <param name="step">The step.</param>
    public void Update(in SampleRun all, Workspace workspace, ReadOnlySpan<int> edges, AlignedBuffer weights, IOptimizer optimizer, StepJob step)
    {
        UnitRun units = _units[all.Member];
        InputRun inputs = _inputs[all.Member];
        ReadOnlySpan<float> x = workspace.Input(Index, all), dy = workspace.Gradient(Index, all);
        LayerContext context = workspace.Context(Index, all);
        float factor = 1f / step.Batch.Count;
        AlignedBuffer rows = _features?.WeightsOf(all.Member) ?? weights;
        int stride = Layer.Weight.RowStride, first = Layer.Weight.Offset + (units.First * stride), length = units.Count * stride;
        if (length > 0 && inputs.Count > 0)
        {
            if (optimizer.TryUpdate(first, length, step.LearningRate, step.TrainingNumber, out WeightUpdate update))
            {
                Layer.Step(x, dy, rows.Span.Slice(first, length), edges, (units, inputs), factor, update, context);
            }
            else
            {
                RowByRow(x, dy, edges, (units, inputs), factor, (rows, optimizer, step), context);
            }
        }

        UnitRun biases = _biases[all.Member];
        if (Layer.Bias is not null && biases.Count > 0)
        {
            Span<float> db = _memory[all.Member].Span[..biases.Count];
            Layer.BiasGradient(dy, db, edges, biases, factor, context);
            int bias = Layer.Bias.Offset + biases.First;
            optimizer.Step(weights.Span.Slice(bias, db.Length), db, bias, step.LearningRate, step.TrainingNumber);
        }
    }

    /// <summary>The same for an optimizer that takes gradients from memory: those of a few rows at a time, which stay in the first-level cache.</summary>
    private void RowByRow(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<int> edges, (UnitRun Units, InputRun Inputs) own, float factor, (AlignedBuffer Weights, IOptimizer Optimizer, StepJob Step) target, LayerContext context)
    {
        int stride = Layer.Weight.RowStride;
        for (int row = 0; row < own.Units.Count; row += RowBlock)
        {
            UnitRun block = new(own.Units.First + row, Math.Min(RowBlock, own.Units.Count - row));
            Span<float> dw = _memory[context.Run.Member].Span[..(block.Count * stride)];
            Layer.WeightGradient(x, dy, dw, edges, (block, own.Inputs), factor, context);
            if (own.Inputs.Count == Layer.Input.Count)
            {
                int first = Layer.Weight.Offset + (block.First * stride);
                target.Optimizer.Step(target.Weights.Span.Slice(first, dw.Length), dw, first, target.Step.LearningRate, target.Step.TrainingNumber);
                continue;
            }

            for (int unit = 0; unit < block.Count; unit++)
            {
                int start = Layer.Weight.Offset + ((block.First + unit) * stride) + own.Inputs.First;
                ReadOnlySpan<float> mean = dw.Slice((unit * stride) + own.Inputs.First, own.Inputs.Count);
                target.Optimizer.Step(target.Weights.Span.Slice(start, mean.Length), mean, start, target.Step.LearningRate, target.Step.TrainingNumber);
            }
        }
    }

    /// <summary>A member's share of the units, in whole blocks.</summary>
    private UnitRun Blocks(int member, int members, int block)
    {
        int blocks = (Layer.Output.Count + block - 1) / block;
        int first = Math.Min(Layer.Output.Count, member * blocks / members * block);
        int end = Math.Min(Layer.Output.Count, (member + 1) * blocks / members * block);
        return new UnitRun(first, end - first);
    }
}
