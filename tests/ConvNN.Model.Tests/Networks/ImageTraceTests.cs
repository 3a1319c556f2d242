using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Checking;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Tests.Networks;

/// <summary>What a network computes from an image, and which pixels an output depends on.</summary>
public class ImageTraceTests
{
    private const double Step = 1.0 / (1 << 12);

    /// <summary>Central differences of the definition in double precision, for every pixel and every output; a pixel on a kink is skipped.</summary>
    [Fact]
    public void Gradient_OfEachOutput_IsThatOfTheDefinition()
    {
        Network network = EveryLayer();
        AlignedBuffer weights = Weights(network);
        float[] image = Image(network.Input.Count);
        double[] doubles = [.. weights.Span.ToArray().Select(weight => (double)weight)];
        ImageTrace trace = new(network, weights, image);
        int compared = 0;
        for (int output = 0; output < network.Output.Count; output++)
        {
            float[] gradient = trace.Gradient(output);
            DefinedNetwork defined = new(network, new OneOutput(), doubles);
            double largest = gradient.Max(Math.Abs);
            Assert.True(largest > 1e-4, $"output {output} depends on no pixel");
            for (int pixel = 0; pixel < image.Length; pixel++)
            {
                (double below, ulong left) = At(defined, image, output, pixel, -Step);
                (double above, ulong right) = At(defined, image, output, pixel, Step);
                if (left == right)
                {
                    Assert.Equal((above - below) / (2 * Step), gradient[pixel], 2e-4 * largest);
                    compared++;
                }
            }
        }

        Assert.InRange(compared, network.Output.Count * image.Length * 9 / 10, network.Output.Count * image.Length);
    }

    [Fact]
    public void Output_OfEachBlock_IsThatOfTheNetwork()
    {
        Network network = EveryLayer();
        AlignedBuffer weights = Weights(network);
        float[] image = Image(network.Input.Count);
        ImageTrace trace = new(network, weights, image);
        Workspace workspace = new(network, capacity: 1, KernelSet.For(KernelSet.BestTier));
        AlignedBuffer padded = new(network.Input.Stride);
        image.CopyTo(padded.Span);
        SampleRun run = new() { Images = padded.Span, Labels = [0], Indices = [0], Weights = weights.Span, IsTraining = false, Seed = 0, Epoch = 0 };
        float[] expected = network.Forward(run, workspace)[..network.Output.Count].ToArray();

        Assert.Equal(expected, trace.Output(network.Blocks.Count - 1));
        Assert.All(network.Blocks.Index(), block => Assert.Equal(block.Item.Output.Count, trace.Output(block.Index).Length));

        // A dropout hands on what it gets in an evaluation, and a softmax is not part of the scores.
        int dropout = network.Blocks.Index().First(block => block.Item.Type == "dropout2d").Index;
        Assert.Equal(trace.Output(dropout - 1), trace.Output(dropout));
    }

    [Fact]
    public void Constructor_ImageOfAnotherSize_IsRefused()
    {
        Network network = EveryLayer();

        Assert.Throws<ArgumentException>(() => new ImageTrace(network, Weights(network), new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageTrace(network, Weights(network), Image(network.Input.Count)).Gradient(4));
    }

    private static Network EveryLayer() => new NetworkBuilder(Shape.Image(channels: 2, height: 9, width: 8))
        .Conv2d(filters: 2, kernel: 3, padding: 1)
        .Residual(layers: 1)
        .Conv2d(filters: 6, kernel: 3, activation: Activation.Relu)
        .BatchNorm2d()
        .Conv2d(filters: 6, kernel: 3, padding: 1, activation: "silu")
        .Residual(layers: 1, activation: "tanh")
        .MaxPool2d(window: 2)
        .Dropout2d(rate: 0.5)
        .AveragePool2d(window: 2)
        .Flatten()
        .Dense(units: 7, activation: "gelu", dropout: 0.3)
        .Dense(units: 3, activation: Activation.Softmax)
        .Build();

    private static AlignedBuffer Weights(Network network)
    {
        AlignedBuffer weights = network.Layout.Initialize(seed: 3);
        GradientCheck.LeaveKinks(network.Layout, weights.Span);
        return weights;
    }

    private static float[] Image(int count)
    {
        Random random = new(5);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    private static (double Value, ulong Choices) At(DefinedNetwork defined, float[] image, int output, int pixel, double step)
    {
        double[] moved = [.. image.Select(value => (double)value)];
        moved[pixel] += step;
        double[][] inputs = new double[64][];
        inputs[0] = moved;
        return defined.Loss([new CheckedSample(output, 0, inputs) { IsTraining = false, Seed = 0, Epoch = 0 }], from: 0);
    }

    private sealed class OneOutput : ILoss
    {
        public float Evaluate(ReadOnlySpan<float> outputs, int label, Span<float> gradient) => outputs[label];

        public double Define(ReadOnlySpan<double> outputs, int label) => outputs[label];
    }
}
