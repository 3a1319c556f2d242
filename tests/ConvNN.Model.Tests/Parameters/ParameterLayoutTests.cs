using System.Buffers.Binary;
using System.Security.Cryptography;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;

namespace ConvNN.Model.Tests.Parameters;

public class ParameterLayoutTests
{
    /// <summary>SHA-256 of the default network's weights before the first step of seed 1. It may never change again.</summary>
    private const string HashOfSeed1 = "b46a506768d769dd345cb5366c66ffeb5c541ae97b4e9b7f31f6c0d83b1aa022";

    [Fact]
    public void Add_TrainedAndUntrained_PutsTheUntrainedBehind()
    {
        ParameterLayout layout = new();
        Parameter weight = layout.Add(Key("a", 0, "weight", 0), [3, 5], Initializer.Zeros);
        Parameter mean = layout.Add(Key("b", 1, "running_mean", 2), [17], Initializer.Zeros, isTrained: false);
        Parameter bias = layout.Add(Key("a", 0, "bias", 1), [3], Initializer.Zeros);
        Parameter variance = layout.Add(Key("b", 1, "running_var", 3), [17], Initializer.Zeros, isTrained: false);

        Assert.Equal((0, 48, 64, 96), (weight.Offset, bias.Offset, mean.Offset, variance.Offset));
        Assert.Equal((64, 64, 128), (layout.TrainedLength, layout.UntrainedLength, layout.Length));
        Assert.Equal(18, layout.TrainedCount);
        Assert.Equal(["a.weight", "b.running_mean", "a.bias", "b.running_var"], layout.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void Add_ConvolutionWeights_HasARowPerFilter()
    {
        Parameter weight = new ParameterLayout().Add(Key("conv1", 0, "weight", 0), [8, 3, 5, 2], Initializer.Zeros);

        Assert.Equal((8, 30, 32, 256, 240), (weight.Rows, weight.RowLength, weight.RowStride, weight.Length, weight.Count));
    }

    [Fact]
    public void Add_EveryParameterOfTheDefaultNetwork_StartsOnAWholeVector() =>
        Assert.All(DefaultNetwork.Build().Layout.Parameters, p => Assert.True(p.Offset % 16 == 0, $"{p.Name}: offset {p.Offset}."));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MaxValue - 15)]
    [InlineData(65_536, 65_536)]
    [InlineData(65_536, 65_537)]
    [InlineData(134_217_727, 1)]
    public void Add_TensorThatNoBufferHolds_ThrowsAndLeavesTheLayout(params int[] dimensions)
    {
        ParameterLayout layout = new();

        Assert.Throws<OverflowException>(() => layout.Add(Key("a", 0, "weight", 0), dimensions, Initializer.Zeros));
        Assert.Throws<OverflowException>(() => layout.Add(Key("a", 0, "weight", 0), dimensions, Initializer.Zeros, isTrained: false));

        Assert.Equal((0, 0), (layout.Length, layout.Parameters.Count));
    }

    [Fact]
    public void Add_UntrainedBehindATrainedThatFillsTheBuffer_Throws()
    {
        ParameterLayout layout = new();
        layout.Add(Key("a", 0, "weight", 0), [AlignedBuffer.MaxLength], Initializer.Zeros);

        Assert.Throws<OverflowException>(() => layout.Add(Key("b", 0, "mean", 0), [1], Initializer.Zeros, isTrained: false));
    }

    [Theory]
    [InlineData(0, "a.weight[0]")]
    [InlineData(4, "a.weight[4]")]
    [InlineData(5, "padding of a.weight")]
    [InlineData(16, "a.weight[5]")]
    [InlineData(36, "a.weight[14]")]
    [InlineData(48, "a.bias[0]")]
    [InlineData(50, "a.bias[2]")]
    [InlineData(63, "padding of a.bias")]
    [InlineData(64, "b.mean[0]")]
    [InlineData(80, "[80]")]
    [InlineData(-1, "[-1]")]
    public void Describe_Offset_NamesTheElement(int offset, string expected) => Assert.Equal(expected, Mixed().Describe(offset));

    [Fact]
    public void Hash_Weights_IsSha256OverTheTensorsSortedByName()
    {
        ParameterLayout layout = Mixed();
        float[] weights = [.. Enumerable.Range(0, layout.Length).Select(i => (float)i)];
        int[] order = [48, 49, 50, 0, 1, 2, 3, 4, 16, 17, 18, 19, 20, 32, 33, 34, 35, 36, 64, 65];     // a.bias, a.weight, b.mean
        byte[] bytes = new byte[4 * order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), order[i]);
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), layout.Hash(weights));
    }

    [Fact]
    public void Hash_DefaultNetwork_IsSha256OverItsTensorsInFileOrder()
    {
        Network network = DefaultNetwork.Build();
        float[] weights = network.Layout.Initialize(seed: 9).Span.ToArray();
        string[] names = ["conv1.bias", "conv1.weight", "dense1.bias", "dense1.weight", "dense2.bias", "dense2.weight", "dense3.bias", "dense3.weight"];
        using MemoryStream file = new();
        foreach (string name in names)
        {
            Parameter parameter = network.Layout.Parameters.Single(p => p.Name == name);
            int columns = parameter.Dimensions.Count == 1 ? parameter.Dimensions[0] : parameter.Dimensions.Skip(1).Aggregate((a, b) => a * b);
            int stride = (columns + 15) / 16 * 16;
            for (int i = 0; i < parameter.Dimensions.Aggregate((a, b) => a * b); i++)
            {
                file.Write(BitConverter.GetBytes(weights[parameter.Offset + (i / columns * stride) + (i % columns)]));
            }
        }

        Assert.Equal(4 * 182_170, file.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file.ToArray())), network.Layout.Hash(weights));
    }

    [Fact]
    public void Hash_OneFloatChanged_DiffersExceptInThePadding()
    {
        ParameterLayout layout = Mixed();
        float[] weights = new float[layout.Length];
        string hash = layout.Hash(weights);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = -0f;
            bool isPadding = layout.Describe(i).StartsWith("padding", StringComparison.Ordinal);
            Assert.True(isPadding == (layout.Hash(weights) == hash), $"{layout.Describe(i)}: expected {(isPadding ? "the same" : "another")} hash.");
            weights[i] = 0f;
        }
    }

    [Fact]
    public void Initialize_SameSeed_HasTheSameBits() =>
        FloatBits.AssertEqual(DefaultNetwork.Build().Layout.Initialize(7).Span, DefaultNetwork.Build().Layout.Initialize(7).Span, "weights");

    [Fact]
    public void Initialize_OtherSeed_HasOtherBits()
    {
        ParameterLayout layout = DefaultNetwork.Build().Layout;

        Assert.NotEqual(layout.Hash(layout.Initialize(1).Span), layout.Hash(layout.Initialize(2).Span));
        Assert.NotEqual(layout.Hash(layout.Initialize(1).Span), layout.Hash(layout.Initialize(1UL << 32).Span));
    }

    [Fact]
    public void Initialize_DefaultNetworkOfSeed1_HasItsPublishedHash()
    {
        ParameterLayout layout = DefaultNetwork.Build().Layout;

        Assert.Equal(HashOfSeed1, layout.Hash(layout.Initialize(seed: 1).Span));
    }

    /// <summary>
    /// The estimate Σx²/n of a normal's variance σ² has the deviation σ²·√(2/n), the mean σ/√n: five of them are
    /// exceeded once in 1.7 million.
    /// </summary>
    [Fact]
    public void Initialize_Weights_HaveMeanZeroAndTheVarianceOfHe()
    {
        ParameterLayout layout = DefaultNetwork.Build().Layout;
        AlignedBuffer weights = layout.Initialize(seed: 1);
        foreach (Parameter parameter in layout.Parameters.Where(p => p.Key.Name == "weight"))
        {
            double[] values = [.. Enumerable.Range(0, parameter.Rows).SelectMany(row => parameter.Row(weights.Span, row).ToArray()).Select(v => (double)v)];
            // Gain √2 before a rectifier, 1 before the softmax.
            double expected = (parameter.Key.Layer == "dense3" ? 1.0 : 2.0) / parameter.RowLength;
            double variance = values.Sum(v => v * v) / values.Length;

            Assert.True(
                Math.Abs(variance - expected) <= 5 * expected * Math.Sqrt(2.0 / values.Length),
                $"{parameter.Name}: expected a variance of {expected:g6}, actual {variance:g6} over {values.Length} values.");
            Assert.True(
                Math.Abs(values.Average()) <= 5 * Math.Sqrt(expected / values.Length),
                $"{parameter.Name}: expected a mean of 0, actual {values.Average():g6} over {values.Length} values.");
        }
    }

    [Fact]
    public void Initialize_BiasesAndPadding_AreZero()
    {
        ParameterLayout layout = DefaultNetwork.Build().Layout;
        AlignedBuffer weights = layout.Initialize(seed: 1);
        for (int i = 0; i < weights.Length; i++)
        {
            string name = layout.Describe(i);
            bool isWeight = name.Contains(".weight[", StringComparison.Ordinal);
            Assert.True(isWeight || BitConverter.SingleToInt32Bits(weights.Span[i]) == 0, $"{name}: expected 0, actual {weights.Span[i]}.");
        }
    }

    /// <summary>A tensor's numbers hang on its layer's ordinal and its own index, so no two tensors share them.</summary>
    [Fact]
    public void Initialize_TensorsOfOneShape_DifferByLayerAndIndex()
    {
        ParameterLayout layout = new();
        Initializer normal = Initializer.KaimingNormal(1);
        layout.Add(Key("a", 0, "weight", 0), [16], normal);
        layout.Add(Key("b", 1, "weight", 0), [16], normal);
        layout.Add(Key("c", 0, "weight", 1), [16], normal);
        float[][] tensors = [.. layout.Initialize(1).Span.ToArray().Chunk(16)];

        Assert.Equal(48, tensors.SelectMany(values => values).Distinct().Count());
    }

    /// <summary>[3, 5] trained, [3] trained, [2] untrained.</summary>
    private static ParameterLayout Mixed()
    {
        ParameterLayout layout = new();
        layout.Add(Key("a", 0, "weight", 0), [3, 5], Initializer.Zeros);
        layout.Add(Key("b", 1, "mean", 0), [2], Initializer.Zeros, isTrained: false);
        layout.Add(Key("a", 0, "bias", 1), [3], Initializer.Zeros);
        return layout;
    }

    private static ParameterKey Key(string layer, int ordinal, string name, int index) => new(layer, ordinal, name, index);
}
