using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Samples;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.Training.Pipeline.OwnedRows;

/// <content>The phases of a step, in the order in which each member runs them.</content>
internal sealed partial class OwnedRowExchange
{
    private void Forward(in SampleRun own, in SampleRun all, Shard shard, StageLane lane)
    {
        bool isByUnits = false;
        for (int s = 0; s < _workspace.Layers.Count; s++)
        {
            bool split = _divisions[s] is { IsSplit: true };
            if (split || isByUnits)
            {
                Meet(shard, lane);
            }

            isByUnits = split;
            if (split)
            {
                Dense layer = _divisions[s]!.Layer;
                layer.Forward(_workspace.Input(s, all), _workspace.Output(s, all), _divisions[s]!.Units[all.Member], _workspace.Context(s, all));
            }
            else
            {
                _workspace.Forward(s, own);
            }
        }

        if (isByUnits)
        {
            Meet(shard, lane);
        }
    }

    /// <summary>Propagates the gradient back to the first layer with parameters, and sums the parameter gradients of layers that are not dense.</summary>
    /// <returns>Whether every sum that uses these factors must be finite.</returns>
    private bool Backward(in SampleRun own, in SampleRun all, Shard shard, StageLane lane)
    {
        bool isSafe = true;
        for (int s = _workspace.Layers.Count - 1; s >= _workspace.FirstWithParameters; s--)
        {
            if (_divisions[s] is { } division)
            {
                isSafe &= _kernels.Elementwise.IsWithin(_workspace.Input(s, own), FactorBound) && _kernels.Elementwise.IsWithin(_workspace.Gradient(s, own), FactorBound);
                if (division.IsSplit && s > _workspace.FirstWithParameters)
                {
                    Meet(shard, lane);
                    division.PartialInputGradient(all, _workspace);
                    Meet(shard, lane);
                    division.JoinInputGradient(own, _workspace);
                    continue;
                }
            }
            else if (_workspace.Layers[s].HasParameters)
            {
                for (int g = 0; g < shard.Gradients.Count; g++)
                {
                    if (!shard.Gradients[g].IsEmpty)
                    {
                        _workspace.ParameterGradient(s, own, shard.Gradients[g]);
                    }
                }
            }

            if (s > _workspace.FirstWithParameters)
            {
                _workspace.InputGradient(s, own);
            }
        }

        for (int g = 0; g < shard.Gradients.Count; g++)
        {
            foreach ((int start, int length) in _joined)
            {
                isSafe &= shard.Gradients[g].IsEmpty || _kernels.Elementwise.IsWithin(shard.Gradients[g].Values.Slice(start, length), SumBound);
            }
        }

        return isSafe;
    }

    /// <summary>Sums, averages and applies the gradients that the member owns.</summary>
    private void Update(in SampleRun all)
    {
        foreach (DenseDivision? division in _divisions)
        {
            if (division is not null && division.Units[all.Member].Count > 0)
            {
                UpdateRows(division, all);
            }
        }

        foreach ((int start, int length) in _joined)
        {
            // In whole lanes, so that no two members write to the same cache line.
            int lanes = length / Lanes.Count, members = _shards.Length;
            int first = all.Member * lanes / members * Lanes.Count, end = (all.Member + 1) * lanes / members * Lanes.Count;
            if (end > first)
            {
                Span<float> sum = _tree.Sum(start + first, end - first).Values.Slice(start + first, end - first);
                _kernels.Elementwise.Scale(sum, 1f / _step.Batch.Count);
                Apply(start + first, sum);
            }
        }
    }

    private void UpdateRows(DenseDivision division, in SampleRun all)
    {
        Dense layer = division.Layer;
        UnitRun own = division.Units[all.Member];
        int stride = layer.Weight.RowStride;
        Span<float> memory = _rows[all.Member].Span;
        Span<float> db = memory[..(layer.Bias is null ? 0 : own.Count)];
        memory = memory[layer.Output.Stride..];
        ReadOnlySpan<float> x = _workspace.Input(division.Index, all), dy = _workspace.Gradient(division.Index, all);
        LayerContext context = _workspace.Context(division.Index, all);
        int room = memory.Length / stride;

        // Every block but the last holds whole groups; otherwise the last would reach past the end of the layer.
        int block = room >= own.Count ? own.Count : room / UnitGroup * UnitGroup;
        for (int row = 0; row < own.Count; row += block)
        {
            int count = Math.Min(block, own.Count - row);
            Span<float> dw = memory[..(count * stride)];
            layer.ParameterGradient(x, dy, dw, db.IsEmpty ? db : db.Slice(row, count), _edges, new UnitRun(own.First + row, count), context, 1f / _step.Batch.Count);
            Apply(layer.Weight.Offset + ((own.First + row) * stride), dw);
        }

        if (layer.Bias is not null)
        {
            Apply(layer.Bias.Offset + own.First, db);
        }
    }

    private void Apply(int start, ReadOnlySpan<float> mean) =>
        _optimizer.Step(_weights.Span.Slice(start, mean.Length), mean, start, _step.LearningRate, _step.TrainingNumber);
}
