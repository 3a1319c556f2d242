using System.Text.Json;
using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Tests;

/// <summary>
/// Layers and losses against what PyTorch computes in double precision (<c>tests/golden/make_layers.py</c>). What single
/// precision may be off by is a roundoff, 2⁻²⁴, for each rounding on the longest way to a number, of the largest number of a tensor.
/// </summary>
public class GoldenTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "layers.json"))).RootElement;

    public static TheoryData<string> Layers { get; } = [.. Golden.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("name").GetString()!)];

    public static TheoryData<string> Losses { get; } = [.. Golden.GetProperty("losses").EnumerateArray().Select(loss => loss.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Layer_ForwardAndBackward_IsPyTorchs(string name)
    {
        JsonElement golden = Case("layers", name);
        int samples = Golden.GetProperty("samples").GetInt32();
        bool isTraining = golden.GetProperty("training").GetBoolean();
        Network network = Network.Build(
            ShapeOf(golden),
            LayerRegistry.Read([.. golden.GetProperty("layers").EnumerateArray().Select((layer, place) => new LayerDefinition($"{place}", Texts(layer)))]));
        float[] weights = new float[network.Layout.Length];
        foreach (Parameter parameter in network.Layout.Parameters)
        {
            foreach ((int row, float[] values) in Rows(Numbers(golden.GetProperty("tensors"), NameIn(golden, parameter)), parameter.RowLength).Index())
            {
                values.CopyTo(parameter.Row(weights.AsSpan(), row));
            }
        }

        LeafStatistics statistics = new(network.Layout, leaves: 1);
        SampleRun run = new()
        {
            Images = Padded(Numbers(golden, "x"), network.Input),
            Labels = new byte[samples],
            Indices = new int[samples],
            Weights = weights,
            IsTraining = isTraining,
            Seed = 1,
            Epoch = 1,
            Leaves = new LeafRun { First = 0, Edges = new[] { 0, samples }, Statistics = statistics },
        };
        Workspace workspace = new(network.Layers, samples, KernelSet.For(KernelSet.BestTier));
        Check(golden, "y", network.Forward(run, workspace), network.Output);
        if (!isTraining)
        {
            return;
        }

        SubtreeGradient sum = new(0, 1, network.Layout.TrainedLength);
        sum.Cut(new LeafCut(samples, 1), firstSample: 0);
        Padded(Numbers(golden, "dy"), network.Output).CopyTo(workspace.OutputGradient(samples));
        network.Backward(run, workspace, [sum]);

        // Nobody needs it in training.
        float[] dx = new float[samples * network.Input.Stride];
        network.Layers[0].InputGradient(workspace.Input(0, run), workspace.Output(0, run), workspace.Gradient(0, run), dx, workspace.Context(0, run));
        Check(golden, "dx", dx, network.Input);
        network.TakeStatistics(statistics, new LeafCut(samples, 1), weights);
        foreach (Parameter parameter in network.Layout.Parameters)
        {
            JsonElement expected = golden.GetProperty(parameter.IsTrained ? "gradients" : "after");
            ReadOnlySpan<float> values = parameter.IsTrained ? sum.Values : weights;
            float[] actual = new float[parameter.Count];
            for (int row = 0; row < parameter.Rows; row++)
            {
                parameter.Row(values, row).CopyTo(actual.AsSpan(row * parameter.RowLength));
            }

            Check(golden, NameIn(golden, parameter), Numbers(expected, NameIn(golden, parameter)), actual);
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_ValueAndGradient_IsPyTorchs(string name)
    {
        JsonElement golden = Case("losses", name);
        List<Failure> failures = [];
        DenseOptions last = new() { Units = 5, Activation = golden.GetProperty("softmax").GetBoolean() ? Activation.Softmax : null };
        ILoss loss = LossRegistry.Types.Read("Training:Loss", Texts(golden.GetProperty("loss")), failures)!.Create(Network.Build(Shape.Vector(2), [last]));
        double[] outputs = Numbers(golden, "outputs"), labels = Numbers(golden, "labels");
        float[] values = new float[labels.Length], gradient = new float[outputs.Length];
        for (int n = 0; n < labels.Length; n++)
        {
            float[] sample = [.. outputs.Skip(5 * n).Take(5).Select(output => (float)output)];
            values[n] = loss.Evaluate(sample, (int)labels[n], gradient.AsSpan(5 * n, 5));
        }

        Assert.Empty(failures);
        Check(golden, "value", Numbers(golden, "values"), values);
        Check(golden, "gradient", Numbers(golden, "gradient"), gradient);
    }

    private static void Check(JsonElement golden, string tensor, ReadOnlySpan<float> padded, Shape shape)
    {
        double[] expected = Numbers(golden, tensor);
        float[] actual = new float[expected.Length];
        for (int n = 0; n < expected.Length / shape.Count; n++)
        {
            padded.Slice(n * shape.Stride, shape.Count).CopyTo(actual.AsSpan(n * shape.Count));
        }

        Check(golden, tensor, expected, actual);
    }

    private static void Check(JsonElement golden, string tensor, double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Max(Math.Abs);
        double largest = expected.Zip(actual, (right, value) => Math.Abs(right - value)).Max();
        double allowed = golden.GetProperty("roundings").GetInt32() / (double)(1 << 24) * scale;
        TestContext.Current.TestOutputHelper!.WriteLine($"golden {golden.GetProperty("name")} {tensor}: {largest / scale:0.0e+0} of the largest, {allowed / scale:0.0e+0} are allowed");
        Assert.True(largest <= allowed, $"{golden.GetProperty("name")}, {tensor}: off by {largest:g3}, {allowed:g3} are allowed.");
    }

    /// <summary>The name of a tensor: that of its module before its own where there are several.</summary>
    private static string NameIn(JsonElement golden, Parameter parameter) =>
        golden.GetProperty("layers").GetArrayLength() == 1 ? parameter.Key.Name : parameter.Name;

    private static JsonElement Case(string kind, string name) =>
        Golden.GetProperty(kind).EnumerateArray().Single(golden => golden.GetProperty("name").GetString() == name);

    private static Shape ShapeOf(JsonElement golden) => golden.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32()).ToArray() switch
    {
        [int count] => Shape.Vector(count),
        int[] sides => Shape.Image(sides[0], sides[1], sides[2]),
    };

    private static Dictionary<string, string> Texts(JsonElement options) => options.EnumerateObject().ToDictionary(option => option.Name, option => option.Value.ToString());

    private static double[] Numbers(JsonElement owner, string name) => [.. owner.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];

    private static float[][] Rows(double[] values, int length) => [.. values.Chunk(length).Select(row => row.Select(value => (float)value).ToArray())];

    private static float[] Padded(double[] values, Shape shape) =>
        [.. Rows(values, shape.Count).SelectMany(sample => sample.Concat(new float[shape.Stride - shape.Count]))];
}
