using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <content>The phases of a training step. In each a member works alone; between two of them all members meet.</content>
internal sealed partial class OwnFeatureExchange
{
    /// <summary>The phases in the order in which each member runs them.</summary>
    private IReadOnlyList<Phase> Phases() => _features is null
        ? _leaves is null
            ? [new("samples", Samples, SampleReads), new("update", Update, UpdateReads)]
            : [new("samples", Samples, SampleReads), new("leaves", SumLeaves, LeafReads), new("update", Update, UpdateReads)]
        :
        [
            new("load", Load, None),
            new("features", ForwardFeatures, FeatureReads) { Share = _ranks is null ? null : _ranks.ShareSums },
            new("samples", Samples, SampleReads) { Share = _ranks is null ? null : () => _mayOverflow = _ranks.ShareSamples(_mayOverflow) },
            new("features back", BackwardFeatures, BackwardReads) { Share = _ranks is null ? null : () => _mayOverflow = _ranks.ShareFlags(_mayOverflow) },
            new("update", Update, UpdateReads),
        ];

    /// <summary>Loads and augments the images of the member's own samples. A rank needs all images of the batch: its members divide them.</summary>
    private void Load(int member)
    {
        if (_ranks is null)
        {
            _work.Load(_shards[member]);
            return;
        }

        LeafCut cut = new(_step.Batch.Count, _shards.Length);
        _work.Load(_step.Batch, _step.Source, cut.Start(member), cut.Start(member + 1) - cut.Start(member));
    }

    /// <summary>From the images of all samples to the partial sums over the member's own features.</summary>
    private void ForwardFeatures(int member) => _features!.Forward(_step, member);

    /// <summary>All that is divided by samples: for the member's own, the layers behind the features, the losses, and the way back.</summary>
    private void Samples(int member)
    {
        Shard shard = _shards[member];
        if (_ranks is not null && shard.Count == 0)
        {
            return;
        }

        if (_features is not null || shard.Parts.Count == 0)
        {
            SampleRun own = _work.Run(shard, shard.FirstSample, member);
            _features?.Join(own);
            ForwardAndBack(own, shard.Gradients);
            return;
        }

        for (int part = 0; part < shard.Parts.Count; part++)
        {
            ForwardAndBack(_work.Run(_step, shard.Parts[part], member), shard.Parts[part].Gradients);
        }
    }

    private void ForwardAndBack(in SampleRun own, IReadOnlyList<SubtreeGradient> gradients)
    {
        for (int s = _features is null ? 0 : _features.Index + 2; s < _workspace.Layers.Count; s++)
        {
            _workspace.Forward(s, own);
        }

        NoteOverflow(!_work.Evaluate(own, _step.Batch, own.First, _workspace));
        Backward(own, gradients);
    }

    /// <summary>Propagates the gradient back, and sums the gradients of the parameters that have no owner.</summary>
    private void Backward(in SampleRun own, IReadOnlyList<SubtreeGradient> gradients)
    {
        bool isSafe = true;
        int first = _features is null ? _workspace.FirstTrained : _features.Index + 1;
        for (int s = _workspace.Layers.Count - 1; s >= first; s--)
        {
            if (_owned[s] is not null)
            {
                // The owners of features check these themselves.
                isSafe &= (_features is not null && s == first) || _kernels.Elementwise.IsWithin(_workspace.Input(s, own), FactorBound);
                isSafe &= _kernels.Elementwise.IsWithin(_workspace.Gradient(s, own), FactorBound);
            }
            else if (_workspace.Layers[s].IsTrained)
            {
                for (int g = 0; g < gradients.Count; g++)
                {
                    if (!gradients[g].IsEmpty)
                    {
                        _workspace.ParameterGradient(s, own, gradients[g]);
                    }
                }
            }

            if (s > first)
            {
                _workspace.InputGradient(s, own);
            }
        }

        for (int g = 0; g < gradients.Count; g++)
        {
            foreach ((int start, int length) in _joined)
            {
                isSafe &= gradients[g].IsEmpty || _kernels.Elementwise.IsWithin(gradients[g].Values.Slice(start, length), SumBound);
            }
        }

        NoteOverflow(!isSafe);
    }

    /// <summary>Where members share leaves: sums the gradients of some parameters over some leaves.</summary>
    private void SumLeaves(int member) => NoteOverflow(!_leaves!.Sum(_step, member, SumBound));

    /// <summary>From the gradients of the sums of all samples to those of the member's own features and the parameters that they come from.</summary>
    private void BackwardFeatures(int member) => NoteOverflow(!_features!.Backward(_step, member, (FactorBound, SumBound)));

    /// <summary>Sums, averages and applies the gradients of the member's own weights.</summary>
    private void Update(int member)
    {
        if (_mayOverflow)
        {
            return;
        }

        SampleRun all = _work.Run(_step, 0, _step.Batch.Count, member: member);
        float factor = 1f / _step.Batch.Count;
        if (_features is not null)
        {
            foreach ((int start, int length) in _features.ParametersOf(member))
            {
                Apply(_features.WeightsOf(member), start, _features.Gradient(start, length), factor);
            }
        }

        foreach (OwnedWeights? weights in _owned)
        {
            weights?.Update(all, _workspace, _edges, _weights, _optimizer, _step);
        }

        foreach ((int start, int length) in _joined)
        {
            (int first, int count) = JoinedBy(member, length);
            if (count > 0)
            {
                Apply(_weights, start + first, _tree.Sum(start + first, count).Values.Slice(start + first, count), factor);
            }
        }
    }

    /// <summary>The part of a range of joined gradients that a member sums, in whole lanes, so that no two members write to the same cache line.</summary>
    private (int First, int Length) JoinedBy(int member, int length)
    {
        int lanes = length / Lanes.Count, members = _shards.Length, first = member * lanes / members * Lanes.Count;
        return (first, ((member + 1) * lanes / members * Lanes.Count) - first);
    }

    private void Apply(AlignedBuffer weights, int start, Span<float> sum, float factor)
    {
        _kernels.Elementwise.Scale(sum, factor);
        _optimizer.Step(weights.Span.Slice(start, sum.Length), sum, start, _step.LearningRate, _step.TrainingNumber);
    }

    /// <summary>What a member does between two meetings.</summary>
    /// <param name="Name">A word for it.</param>
    /// <param name="Run">Does it, for a member.</param>
    /// <param name="Reads">The bytes that a member reads in it and another has written, in the step that has begun.</param>
    internal sealed record Phase(string Name, Action<int> Run, Func<int, long> Reads)
    {
        /// <summary>After it, exchanges with other ranks what they need; null for nothing.</summary>
        public Action? Share { get; init; }
    }
}
