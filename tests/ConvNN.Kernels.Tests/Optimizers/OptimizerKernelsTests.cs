using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Optimizers;

public class OptimizerKernelsTests
{
    private static readonly DecayFactors Decay = new(0.013f, 0.97f);

    private delegate void Step(OptimizerKernels kernels, Span<float> w, ReadOnlySpan<float> g, Span<float> first, Span<float> second);

    private static IReadOnlyDictionary<string, Step> Steps { get; } = new Dictionary<string, Step>
    {
        ["Descent"] = (kernels, w, g, _, _) => kernels.Apply(WeightUpdate.Descent(new(0.1f, Decay)), w, g),
        ["Descent, no decay"] = (kernels, w, g, _, _) => kernels.Apply(WeightUpdate.Descent(new(0.1f, DecayFactors.None)), w, g),
        ["Momentum"] = (kernels, w, g, first, _) => kernels.Apply(WeightUpdate.Momentum(first, new(0.1f, 0.9f, IsNesterov: false, Decay)), w, g),
        ["Nesterov"] = (kernels, w, g, first, _) => kernels.Apply(WeightUpdate.Momentum(first, new(0.1f, 0.9f, IsNesterov: true, Decay)), w, g),
        ["RmsProp"] = (kernels, w, g, _, second) => kernels.Apply(WeightUpdate.RmsProp(second, [], [], new(0.01f, 0.99f, 0.01f, 1e-8f, 0, Decay)), w, g),
        ["RmsProp, centred"] = (kernels, w, g, first, second) => kernels.Apply(WeightUpdate.RmsProp(second, first, [], new(0.01f, 0.99f, 0.01f, 1e-8f, 0, Decay)), w, g),
        ["RmsProp, momentum"] = (kernels, w, g, first, second) => kernels.Apply(WeightUpdate.RmsProp(second, [], first, new(0.01f, 0.99f, 0.01f, 1e-8f, 0.9f, Decay)), w, g),
        ["Adam"] = (kernels, w, g, first, second) => kernels.Apply(WeightUpdate.Adam(first, second, new(0.01f, 0.9f, 0.1f, 0.999f, 0.001f, 3.3f, 1e-8f, Decay)), w, g),
        ["Lion"] = (kernels, w, g, first, _) => kernels.Apply(WeightUpdate.Lion(first, new(0.01f, 0.9f, 0.1f, 0.99f, 0.01f, Decay)), w, g),
        ["Average"] = (kernels, w, g, _, _) => kernels.Average(w, g, 0.002f),
        ["Clamp"] = (kernels, w, _, _, _) => kernels.Clamp(w, 0.25f),
    };

    public static TheoryData<KernelTier, string> TiersAndSteps { get; } =
        [.. Enum.GetValues<KernelTier>().SelectMany(tier => Steps.Keys.Select(name => (tier, name)))];

    [Theory]
    [MemberData(nameof(TiersAndSteps))]
    public void Step_EveryLengthAndContent_HasTheReferencesBits(KernelTier tier, string name)
    {
        foreach (Content content in Enum.GetValues<Content>())
        {
            for (int length = 0; length <= 67; length++)
            {
                float[][] expected = Run(KernelTier.Reference, name, length, content, [0, length]);
                float[][] actual = Run(tier, name, length, content, [0, length]);

                for (int i = 0; i < expected.Length; i++)
                {
                    BitAssert.Equal(expected[i], actual[i], $"{name}, {tier}, {content}, length {length}, operand {i}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndSteps))]
    public void Step_CutAnywhere_HasTheSameBits(KernelTier tier, string name)
    {
        float[][] whole = Run(tier, name, 67, Content.Mixed, [0, 67]);
        for (int cut = 0; cut <= 67; cut++)
        {
            float[][] parts = Run(tier, name, 67, Content.Mixed, [0, cut, 67]);

            for (int i = 0; i < whole.Length; i++)
            {
                BitAssert.Equal(whole[i], parts[i], $"{name}, {tier}, cut at {cut}, operand {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndSteps))]
    public void Step_Zeros_StayZeros(KernelTier tier, string name)
    {
        float[] w = new float[35], first = new float[35], second = new float[35];

        Steps[name](KernelSet.For(tier).Optimizer, w, new float[35], first, second);

        Assert.All([.. w, .. first, .. second], value => Assert.Equal(0f, value));
    }

    [Theory]
    [MemberData(nameof(Tiers.All), MemberType = typeof(Tiers))]
    public void Clamp_ValuesBeyondTheLimit_BecomeTheLimitAndOthersStay(KernelTier tier)
    {
        float[] values = [.. Enumerable.Repeat(new[] { -3f, -2f, -1.5f, 0f, 1.5f, 2f, 3e38f }, 5).SelectMany(v => v)];

        KernelSet.For(tier).Optimizer.Clamp(values, 2f);

        BitAssert.Equal([.. Enumerable.Repeat(new[] { -2f, -2f, -1.5f, 0f, 1.5f, 2f, 2f }, 5).SelectMany(v => v)], values, $"{tier}");
    }

    [Fact]
    public void Step_LengthsThatDiffer_AreRefused()
    {
        OptimizerKernels kernels = KernelSet.For(KernelTier.Reference).Optimizer;

        Assert.Throws<ArgumentException>(() => kernels.Apply(WeightUpdate.Momentum(new float[2], default), new float[3], new float[3]));
        Assert.Throws<ArgumentException>(() => kernels.Apply(WeightUpdate.Adam(new float[3], new float[3], default), new float[3], new float[2]));
    }

    /// <summary>Weights and state after two steps, each in the slices between the edges.</summary>
    private static float[][] Run(KernelTier tier, string name, int length, Content content, int[] edges)
    {
        float[] w = Tensors.Values(length, 1, content), g = Tensors.Values(length, 2, content), first = new float[length], second = new float[length];
        for (int step = 0; step < 2; step++)
        {
            for (int part = 1; part < edges.Length; part++)
            {
                Range slice = edges[part - 1]..edges[part];
                Steps[name](KernelSet.For(tier).Optimizer, w.AsSpan(slice), g.AsSpan(slice), first.AsSpan(slice), second.AsSpan(slice));
            }
        }

        return [w, first, second];
    }
}
