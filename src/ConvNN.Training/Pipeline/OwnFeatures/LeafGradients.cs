using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>
/// The gradients of the parameters without an owner if there are more members than leaves. A leaf is a chain over its samples, which
/// cannot be divided; so members divide the layers, the leaves and, where a layer can do that, the channels.
/// </summary>
internal sealed class LeafGradients
{
    private readonly Workspace _workspace;
    private readonly SampleWork _work;
    private readonly KernelSet _kernels;
    private readonly SubtreeGradient[] _gradients;
    private readonly Part[][] _parts;
    private LeafCut _cut;

    /// <summary>Divides the work among members.</summary>
    /// <param name="workspace">The workspace of all members.</param>
    /// <param name="work">What is done with samples.</param>
    /// <param name="plan">Members, leaves, kernels.</param>
    /// <param name="layout">Where the parameters are.</param>
    /// <param name="length">Floats of a gradient.</param>
    public LeafGradients(Workspace workspace, SampleWork work, PipelinePlan plan, ParameterLayout layout, int length)
    {
        _workspace = workspace;
        _work = work;
        _kernels = plan.Kernels;
        _gradients = [.. Enumerable.Range(0, plan.Leaves).Select(leaf => new SubtreeGradient(leaf, leaf + 1, length))];

        // The largest parts first, each to the member with the least work.
        List<Part>[] parts = [.. Enumerable.Range(0, plan.Threads).Select(_ => new List<Part>())];
        PriorityQueue<int, (long, int)> members = new(Enumerable.Range(0, plan.Threads).Select(member => (member, (0L, member))));
        foreach (Part part in Parts(plan, layout).OrderByDescending(part => part.Operations))
        {
            _ = members.TryDequeue(out int member, out (long Operations, int) load);
            parts[member].Add(part);
            members.Enqueue(member, (load.Operations + part.Operations, member));
        }

        _parts = [.. parts.Select(own => own.ToArray())];
    }

    /// <summary>The sums of each leaf.</summary>
    public IReadOnlyList<SubtreeGradient> Gradients => _gradients;

    /// <summary>Begins a training step.</summary>
    public void Begin(LeafCut cut)
    {
        _cut = cut;
        foreach (SubtreeGradient gradient in _gradients)
        {
            gradient.Cut(cut, cut.Start(gradient.Lo));
        }
    }

    /// <summary>The layers and samples that a member reads.</summary>
    public IEnumerable<(Layer Layer, int First, int End)> RunsOf(int member) =>
        _parts[member].Select(part => (_workspace.Layers[part.Layer], _cut.Start(part.Leaf), _cut.Start(part.Leaf + 1)));

    /// <summary>Sums a member's parts.</summary>
    /// <param name="step">The step.</param>
    /// <param name="member">The member.</param>
    /// <param name="bound">The largest sum for which nothing can overflow.</param>
    /// <returns>Whether all sums keep it.</returns>
    public bool Sum(StepJob step, int member, float bound)
    {
        bool isSafe = true;
        foreach (Part part in _parts[member])
        {
            SubtreeGradient gradient = _gradients[part.Leaf];
            if (gradient.IsEmpty)
            {
                continue;
            }

            int first = _cut.Start(part.Leaf);
            SampleRun run = _work.Run(step, first, _cut.Start(part.Leaf + 1) - first, place: first, member);
            if (part.Channels is { } channels)
            {
                ((IChannelLayer)_workspace.Layers[part.Layer]).ParameterGradient(
                    _workspace.Input(part.Layer, run), _workspace.Gradient(part.Layer, run), channels, gradient, _workspace.Context(part.Layer, run));
            }
            else
            {
                _workspace.ParameterGradient(part.Layer, run, gradient);
            }

            foreach ((int start, int length) in part.Ranges)
            {
                isSafe &= _kernels.Elementwise.IsWithin(gradient.Values.Slice(start, length), bound);
            }
        }

        return isSafe;
    }

    private IEnumerable<Part> Parts(PipelinePlan plan, ParameterLayout layout)
    {
        int pieces = (plan.Threads + plan.Leaves - 1) / plan.Leaves;
        foreach ((int s, Layer layer) in _workspace.Layers.Index())
        {
            if (!layer.IsTrained || layer is Dense)
            {
                continue;
            }

            (int, int)[] all = [.. layout.Parameters.Where(parameter => parameter.IsTrained && parameter.Key.Layer == layer.Name).Select(parameter => (parameter.Offset, parameter.Length))];
            for (int leaf = 0; leaf < plan.Leaves; leaf++)
            {
                if (layer is not IChannelLayer byChannels)
                {
                    yield return new Part(s, leaf, null, all, layer.Operations);
                    continue;
                }

                int channels = layer.Output.Channels, runs = Math.Min(pieces, channels);
                for (int run = 0; run < runs; run++)
                {
                    int first = run * channels / runs;
                    ChannelRun own = new(first, ((run + 1) * channels / runs) - first);
                    yield return new Part(s, leaf, own, [.. byChannels.ParametersOf(own)], layer.Operations * own.Count / channels);
                }
            }
        }
    }

    /// <summary>A layer's gradients in a leaf: of all its parameters, or of those of some channels.</summary>
    private sealed record Part(int Layer, int Leaf, ChannelRun? Channels, (int Start, int Length)[] Ranges, long Operations);
}
