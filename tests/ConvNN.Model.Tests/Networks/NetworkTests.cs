using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;
using ConvNN.Model.Tests.Layers;

namespace ConvNN.Model.Tests.Networks;

public class NetworkTests
{
    private static readonly Shape Image = Shape.Image(1, 28, 28);

    /// <summary>
    /// As for single layers, sums are exact and the difference quotient is the gradient, except where the step crosses a
    /// kink. There the quotients of two steps, or of the two sides, differ, and the number is left out.
    /// </summary>
    [Fact]
    public void Backward_DefaultNetworkShrunk_EqualsCentralDifferences()
    {
        LayerProbe probe = new(DefaultNetwork.Shrunk(), ProbeValues.Sixteenths, largestWeight: 1, batch: 4, seed: 3, KernelSet.BestTier);
        float[] gradient = probe.Gradients();
        double loss = probe.LossWith(0, 0);
        int smooth = 0, alive = 0;
        for (int i = 0; i < probe.Count; i++)
        {
            const float step = 1f / 32;
            (double left, double right) = (loss - probe.LossWith(i, -step), probe.LossWith(i, +step) - loss);
            (double nearLeft, double nearRight) = (loss - probe.LossWith(i, -step / 2), probe.LossWith(i, +step / 2) - loss);
            if (left == right && nearLeft == nearRight && left == 2 * nearLeft)
            {
                smooth++;
                alive += gradient[i] != 0 ? 1 : 0;
                Assert.True(
                    left / step == gradient[i],
                    $"dLoss/d{probe.NameOf(i)} is {gradient[i]:g9} from Backward but {left / step:g9} from central differences.");
            }
        }

        Assert.True(smooth >= 0.9 * probe.Count, $"only {smooth} of {probe.Count} numbers are away from kinks.");
        Assert.True(alive >= 0.2 * probe.Count, $"only {alive} of {probe.Count} gradients are not zero.");
    }

    [Fact]
    public void ForwardAndBackward_DefaultNetwork_HasTheReferencesBitsOnEveryTier()
    {
        Network network = DefaultNetwork.Build();
        (float[] y, float[] gradient) = Step(network, KernelTier.Reference);
        foreach (KernelTier tier in Enum.GetValues<KernelTier>())
        {
            (float[] actualOutputs, float[] actualGradient) = Step(network, tier);
            FloatBits.AssertEqual(y, actualOutputs, $"{tier}, outputs");
            FloatBits.AssertEqual(gradient, actualGradient, $"{tier}, gradient");
        }
    }

    /// <summary>Whoever fills the gradient by the outputs writes the classes; what lies between the samples must not matter.</summary>
    [Fact]
    public void Backward_GarbageBetweenTheOutputGradients_ChangesNothing()
    {
        Network network = DefaultNetwork.Build();

        FloatBits.AssertEqual(Step(network, KernelSet.BestTier).Gradient, Step(network, KernelSet.BestTier, padding: float.NaN).Gradient, "gradient");
    }

    [Fact]
    public void Backward_SubtreesOfTwoWorkers_JoinToTheOneSum()
    {
        Network network = DefaultNetwork.Build();
        Batch batch = new(network, samples: 5);
        float[] whole = batch.Gradient(network, 0, 5, [(0, 8)])[0];
        float[] left = batch.Gradient(network, 0, 2, [(0, 4)])[0], right = batch.Gradient(network, 2, 5, [(4, 8)])[0];

        FloatBits.AssertEqual(whole, [.. left.Zip(right, (a, b) => a + b)], "gradient");
    }

    [Fact]
    public void Backward_NetworkWithoutParameters_DoesNothing()
    {
        Network network = Network.Build(Shape.Vector(3), [new ReluOptions()]);
        Batch batch = new(network, samples: 2);

        Assert.Empty(batch.Gradient(network, 0, 2, [(0, 8)])[0]);
        Assert.Equal(0, network.Layout.Length);
    }

    [Fact]
    public void Build_DefaultNetwork_HasTheFiguresOfItsTable()
    {
        Network network = DefaultNetwork.Build();

        Assert.Equal(
            [
                ("conv1", "8 of 3×3, relu", "8×26×26", 80L, 97_344L),
                ("pool1", "2×2", "8×13×13", 0L, 0L),
                ("flatten1", "", "1352", 0L, 0L),
                ("dense1", "128, relu, dropout 0.25", "128", 173_184L, 346_112L),
                ("dense2", "64, relu, dropout 0.25", "64", 8_256L, 16_384L),
                ("dense3", "10, softmax", "10", 650L, 1_280L),
            ],
            network.Blocks.Select(block => (block.Name, block.Summary, block.Output.ToString(), block.ParameterCount, block.Operations)));
        Assert.Equal(182_170, network.Layout.TrainedCount);
        Assert.True(network.EndsInSoftmax);
        Assert.Equal(Enumerable.Range(0, 11), network.Layers.Select(layer => layer.Ordinal));
    }

    [Fact]
    public void Build_NamelessLayersAmongNamedOnes_AreNumberedAroundThem()
    {
        Network network = Network.Build(
            Shape.Vector(4),
            [
                new DenseOptions { Units = 4 },
                new DenseOptions { Units = 4, Name = "Dense2" },
                new DenseOptions { Units = 4 },
                new DenseOptions { Units = 4, Name = "DENSE1" },
                new ReluOptions(),
                new DropoutOptions { Rate = 0.5 },
            ]);

        Assert.Equal(["dense3", "Dense2", "dense4", "DENSE1", "relu1", "dropout1"], network.Blocks.Select(block => block.Name));
    }

    [Fact]
    public void Build_SoftmaxAsALayer_EndsTheNetworkAsTheActivationDoes()
    {
        Network network = new NetworkBuilder(Shape.Vector(4)).Dense(units: 3).Activate(Activation.Softmax).Build();

        Assert.True(network.EndsInSoftmax);
        Assert.Single(network.Layers);
        Assert.Equal(["dense1", "softmax1"], network.Blocks.Select(block => block.Name));
    }

    private static (float[] Outputs, float[] Gradient) Step(Network network, KernelTier tier, float padding = 0)
    {
        Batch batch = new(network, samples: 5) { Tier = tier, Padding = padding };
        return (batch.Outputs(network), batch.Gradient(network, 0, 5, [(0, 8)])[0]);
    }

    /// <summary>Random images with the weights of seed 1, and gradients by the outputs that are random too.</summary>
    private sealed class Batch
    {
        private readonly float[] _images, _weights, _deltas;
        private readonly int _samples;

        public Batch(Network network, int samples)
        {
            Random random = new(5);
            _samples = samples;
            _images = Rows(network.Input);
            _deltas = Rows(network.Output);
            _weights = network.Layout.Initialize(seed: 1).Span.ToArray();

            float[] Rows(Shape shape) =>
                [.. Enumerable.Range(0, samples * shape.Stride).Select(i => i % shape.Stride < shape.Count ? (2 * random.NextSingle()) - 1 : 0f)];
        }

        public KernelTier Tier { get; init; } = KernelSet.BestTier;

        public float Padding { get; init; }

        public float[] Outputs(Network network) => [.. network.Forward(Run(network, 0, _samples), NewWorkspace(network))];

        public float[][] Gradient(Network network, int first, int end, (int Lo, int Hi)[] subtrees)
        {
            Workspace workspace = NewWorkspace(network);
            SubtreeGradient[] gradients = [.. subtrees.Select(s => new SubtreeGradient(s.Lo, s.Hi, network.Layout.TrainedLength))];
            foreach (SubtreeGradient gradient in gradients)
            {
                gradient.Cut(new LeafCut(_samples, 8), first);
            }

            SampleRun run = Run(network, first, end);
            network.Forward(run, workspace);
            Span<float> dy = workspace.OutputGradient(end - first);
            dy.Fill(Padding);
            for (int n = first; n < end; n++)
            {
                _deltas.AsSpan(n * network.Output.Stride, network.Output.Count).CopyTo(dy[((n - first) * network.Output.Stride)..]);
            }

            network.Backward(run, workspace, gradients);
            return [.. gradients.Select(gradient => gradient.Values.ToArray())];
        }

        private Workspace NewWorkspace(Network network) => new(network, _samples, KernelSet.For(Tier));

        private SampleRun Run(Network network, int first, int end) => new()
        {
            Images = _images.AsSpan((first * network.Input.Stride)..(end * network.Input.Stride)),
            Labels = new byte[end - first],
            Indices = Enumerable.Range(100 + first, end - first).ToArray(),
            Weights = _weights,
            IsTraining = true,
            Seed = 1,
            Epoch = 2,
        };
    }
}
