using System.Text.Json.Nodes;
using ConvNN.App.Commands.CheckGradients;
using ConvNN.Model;
using ConvNN.Model.Checking;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.App.Tests.Commands.CheckGradients;

public class GradientReportTests
{
    private static readonly Network Network = new NetworkBuilder(Shape.Vector(4)).Dense(units: 3, activation: Activation.Softmax).Build();

    [Fact]
    public void Lines_DifferenceOrNothingChecked_SaysWhereAndHowMuch()
    {
        string[] wrong = [.. new GradientReport(Network, [Result(0, 0.02, 12), Result(1, 1e-7, 3)], "AVX2").Lines(samples: 4, samplesOnKinks: 1)];
        string[] unchecked1 = [.. new GradientReport(Network, [Result(0, 1e-7, 12), Result(1, 0, 0)], "AVX2").Lines(samples: 4, samplesOnKinks: 0)];

        Assert.Contains("4 samples, 1 of them left out: on a kink", wrong[0], StringComparison.Ordinal);
        Assert.EndsWith("  WRONG", wrong[4], StringComparison.Ordinal);
        Assert.EndsWith("  right", wrong[5], StringComparison.Ordinal);
        Assert.Equal("WRONG   1 of 2 tensors; the first: dense1.weight[2] is off by 2.0e-2 of 1.5e+0, more than 1.0e-4", wrong[^1]);
        Assert.EndsWith("  NOT CHECKED", unchecked1[5], StringComparison.Ordinal);
        Assert.Equal("WRONG   1 of 2 tensors; the first: dense1.bias has a kink at every coordinate tried; another --seed may help", unchecked1[^1]);
    }

    [Fact]
    public void Json_DifferenceThatIsNoNumber_IsNullAndWrong()
    {
        JsonNode found = JsonNode.Parse(new GradientReport(Network, [Result(0, double.NaN, 12), Result(1, 1e-7, 3)], "AVX2").Json([], samples: 4, samplesOnKinks: 1))!;

        Assert.False((bool)found["right"]!);
        Assert.Equal([false, true], found["tensors"]!.AsArray().Select(tensor => (bool)tensor!["right"]!));
        Assert.Null(found["tensors"]![0]!["largest_difference"]);
        Assert.Equal(1e-7, (double)found["tensors"]![1]!["largest_difference"]!);
    }

    private static TensorCheck Result(int parameter, double difference, int count) => new(Network.Layout.Parameters[parameter])
    {
        Checked = count,
        Kinks = 3,
        Scale = 1.5,
        LargestDifference = difference,
        Tolerance = 1e-4,
        Worst = count == 0 ? null : "dense1.weight[2]",
    };
}
