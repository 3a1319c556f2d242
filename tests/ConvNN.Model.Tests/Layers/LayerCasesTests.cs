using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Tests.Layers;

/// <summary>What every layer must do; a new layer gets all of it by its line in <see cref="LayerCases"/>.</summary>
public class LayerCasesTests
{
    private const int Batch = 3;

    // A power of two: small against the halves and quarters that keep away from kinks, and exact in every sum.
    private const float Step = 1f / 32;

    public static TheoryData<string> Names { get; } = [.. LayerCases.All.Keys];

    public static TheoryData<string> ExactNames { get; } = [.. LayerCases.All.Where(layer => layer.Value.IsExact).Select(layer => layer.Key)];

    public static TheoryData<string> NamesOfSampleLayers { get; } = [.. LayerCases.All.Where(layer => layer.Value.Options is not BatchNorm2dOptions).Select(layer => layer.Key)];

    public static TheoryData<string, KernelTier> NamesAndTiers { get; } =
        [.. LayerCases.All.Keys.SelectMany(name => Enum.GetValues<KernelTier>().Select(tier => (name, tier)))];

    [Fact]
    public void All_RegisteredLayers_HaveACase()
    {
        // A softmax is no step but the end of the network: it has tests of its own.
        string[] missing = [.. LayerRegistry.Types.Names.Except(LayerCases.All.Values.Select(layer => layer.Options.Type)).Except(["softmax"])];

        Assert.True(missing.Length == 0, $"No line in LayerCases for: {string.Join(", ", missing)}.");
    }

    /// <summary>
    /// Most layers are linear in each single number between their kinks, and the probe's arithmetic is exact: the
    /// difference quotient is then the gradient itself, and nothing needs to be tolerated.
    /// </summary>
    [Theory]
    [MemberData(nameof(ExactNames))]
    public void Backward_RandomInput_EqualsCentralDifferences(string name)
    {
        LayerProbe probe = LayerCases.All[name].CreateProbe(Batch, seed: 42);
        float[] analytic = probe.Gradients();
        for (int i = 0; i < probe.Count; i++)
        {
            double numeric = (probe.LossWith(i, +Step) - probe.LossWith(i, -Step)) / (2 * Step);

            Assert.True(
                numeric == analytic[i],
                $"{name}: dLoss/d{probe.NameOf(i)} is {analytic[i]:g9} from Backward but {numeric:g9} from central differences.");
        }
    }

    /// <summary>
    /// Of the others, the quotient of the definition in double precision: off by some 10⁻⁹, and by a handful of roundings of
    /// single precision, which elementary functions have, relative to the largest gradient.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_RandomInput_IsNearTheDefinitionsDifferences(string name)
    {
        const double step = 1.0 / (1 << 17), tolerance = 16.0 / (1 << 24);
        LayerProbe probe = LayerCases.All[name].CreateProbe(Batch, seed: 42);
        float[] analytic = probe.Gradients();
        double scale = analytic.Max(Math.Abs);
        for (int i = 0; i < probe.Count; i++)
        {
            double numeric = (probe.DefinedLossWith(i, +step) - probe.DefinedLossWith(i, -step)) / (2 * step);

            Assert.True(
                Math.Abs(numeric - analytic[i]) <= tolerance * scale,
                $"{name}: dLoss/d{probe.NameOf(i)} is {analytic[i]:g9} from Backward but {numeric:g9} by the definition.");
        }
    }

    /// <summary>A check that compares zeros with zeros would pass for a layer that does nothing.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_RandomInput_HasGradientsToCompare(string name)
    {
        LayerProbe probe = LayerCases.All[name].CreateProbe(Batch, seed: 42);
        float[] analytic = probe.Gradients();

        int different = analytic.Count(value => value != 0);
        Assert.True(different * 10 >= probe.Count, $"{name}: only {different} of {probe.Count} gradients are not zero.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Build_Case_HasItsOutputShape(string name)
    {
        LayerCase layer = LayerCases.All[name];
        Network network = layer.CreateProbe(1, seed: 1).Network;

        Assert.Equal(layer.Output, network.Output);
        Assert.Equal(layer.Output, network.Blocks[^1].Output);
        Assert.Equal(network.Layout.TrainedCount, network.Blocks.Sum(block => block.ParameterCount));
    }

    [Theory]
    [MemberData(nameof(NamesAndTiers))]
    public void ForwardAndBackward_EveryTier_HaveTheReferencesBits(string name, KernelTier tier)
    {
        // Weights and images with all their digits, so that roundings show.
        (LayerProbe expected, LayerProbe actual) = (Rough(name, KernelTier.Reference), Rough(name, tier));

        FloatBits.AssertEqual(expected.Forward(), actual.Forward(), $"{name}, {tier}, y");
        FloatBits.AssertEqual(expected.InputGradients(expected.Workspace, 0, Batch), actual.InputGradients(actual.Workspace, 0, Batch), $"{name}, {tier}, dx");
        FloatBits.AssertEqual(expected.ParameterGradients(), actual.ParameterGradients(), $"{name}, {tier}, dw");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndBackward_TwoWorkspacesInTurns_DoNotTouchEachOther(string name)
    {
        LayerProbe probe = Rough(name, KernelSet.BestTier);
        Workspace other = new(probe.Network, Batch, probe.Kernels);
        float[] y = probe.Forward(), dx = probe.InputGradients(probe.Workspace, 0, Batch);

        float[] first = probe.Forward(probe.Workspace, 0, Batch);
        float[] evaluated = probe.Forward(other, 1, Batch, isTraining: false);
        float[] gradient = probe.InputGradients(probe.Workspace, 0, Batch);
        float[] second = probe.Forward(other, 0, Batch);

        Assert.Equal((Batch - 1) * probe.Network.Output.Stride, evaluated.Length);
        FloatBits.AssertEqual(y, first, $"{name}, y");
        FloatBits.AssertEqual(dx, gradient, $"{name}, dx");
        FloatBits.AssertEqual(y, second, $"{name}, y of the other workspace");
        FloatBits.AssertEqual(dx, probe.InputGradients(other, 0, Batch), $"{name}, dx of the other workspace");
    }

    /// <summary>Layers that look at a leaf as a whole are apart: there a sample alone is another leaf.</summary>
    [Theory]
    [MemberData(nameof(NamesOfSampleLayers))]
    public void ForwardAndBackward_SamplesOneAtATime_EqualTheBatch(string name)
    {
        LayerProbe probe = Rough(name, KernelSet.BestTier);
        float[] y = probe.Forward(), dx = probe.InputGradients(probe.Workspace, 0, Batch);
        for (int n = 0; n < Batch; n++)
        {
            FloatBits.AssertEqual(
                y.AsSpan(n * probe.Network.Output.Stride, probe.Network.Output.Stride),
                probe.Forward(probe.Workspace, n, n + 1),
                $"{name}, y of sample {n}");
            FloatBits.AssertEqual(
                dx.AsSpan(n * probe.Network.Input.Stride, probe.Network.Input.Stride),
                probe.InputGradients(probe.Workspace, n, n + 1),
                $"{name}, dx of sample {n}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Batch_KeepsThePaddingZero(string name)
    {
        LayerProbe probe = Rough(name, KernelSet.BestTier);
        foreach (bool isTraining in new[] { true, false })
        {
            float[] y = probe.Forward(isTraining);
            for (int i = 0; i < y.Length; i++)
            {
                Assert.True(
                    i % probe.Network.Output.Stride < probe.Network.Output.Count || y[i] == 0,
                    $"{name}: padding at index {i} expected 0, actual {y[i]}.");
            }
        }
    }

    /// <summary>What a file holds, tensors without their padding by name, gives the same weights back in a new network.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Hash_WeightsCopiedTensorByTensor_IsTheSame(string name)
    {
        LayerProbe probe = Rough(name, KernelSet.BestTier);
        Dictionary<string, float[]> file = probe.Network.Layout.Parameters.ToDictionary(
            p => p.Name, p => Enumerable.Range(0, p.Rows).SelectMany(row => p.Row(probe.Weights.AsSpan(), row).ToArray()).ToArray());
        ParameterLayout layout = LayerCases.All[name].CreateProbe(1, seed: 5).Network.Layout;
        float[] weights = new float[layout.Length];
        foreach (Parameter parameter in layout.Parameters)
        {
            Assert.Equal(parameter.Dimensions.Aggregate(1, (product, d) => product * d), file[parameter.Name].Length);
            for (int row = 0; row < parameter.Rows; row++)
            {
                file[parameter.Name].AsSpan(row * parameter.RowLength, parameter.RowLength).CopyTo(parameter.Row(weights.AsSpan(), row));
            }
        }

        FloatBits.AssertEqual(probe.Weights, weights, name);
        Assert.Equal(probe.Network.Layout.Hash(probe.Weights), layout.Hash(weights));
    }

    /// <summary>A warm pass allocates nothing on any thread of ours.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndBackward_Warm_AllocateNothing(string name)
    {
        LayerProbe probe = Rough(name, KernelSet.BestTier);
        int leaves = probe.Network.MinLeafSamples > 1 ? 1 : 8;
        SubtreeGradient[] gradients = [new SubtreeGradient(0, leaves, probe.Network.Layout.TrainedLength)];
        gradients[0].Cut(new LeafCut(Batch, leaves), firstSample: 0);
        SampleRun run = probe.Run(0, Batch, isTraining: true);
        long allocated = 0;
        for (int pass = 0; pass < 3; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            probe.Network.Forward(run, probe.Workspace);
            probe.Network.Backward(run, probe.Workspace, gradients);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated == 0, $"{name}: expected 0 bytes, actual {allocated}.");
    }

    private static LayerProbe Rough(string name, KernelTier tier)
    {
        LayerProbe probe = LayerCases.All[name].CreateProbe(Batch, seed: 7, tier);
        foreach (float[] values in new[] { probe.Images, probe.Weights })
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (MathF.Sqrt(Math.Abs(values[i])) * 0.37f * ((i % 3) - 1 + (i % 5 * 0.1f))) + 0f;        // +0 stays +0
            }
        }

        return probe;
    }
}
