using ConvNN.Kernels;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Randomness;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Tests.Layers;

public class DropoutTests
{
    private const int Width = 1000;

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Forward_Training_DropsItsShare(double rate)
    {
        const int samples = 100, count = samples * Width;
        float[] y = Masks(rate, [.. Enumerable.Range(0, samples)]);

        // A binomial share has the deviation √(p(1 − p)/n); five of them are exceeded once in 1.7 million.
        double dropped = y.Count(value => value == 0) / (double)count;
        double bound = 5 * Math.Sqrt(rate * (1 - rate) / count);
        Assert.True(Math.Abs(dropped - rate) <= bound, $"expected a share of {rate} within {bound:g3}, actual {dropped}.");
    }

    [Theory]
    [InlineData(0.0, 1f)]
    [InlineData(0.25, 1f / 0.75f)]
    [InlineData(0.5, 2f)]
    [InlineData(0.9, 10f)]
    public void Forward_Training_ScalesTheRest(double rate, float scale) =>
        Assert.All(Masks(rate, [1, 2]), value => Assert.True(value is 0 || value == scale, $"expected 0 or {scale}, actual {value}."));

    [Fact]
    public void Forward_Evaluation_PassesEverything()
    {
        float[] y = Masks(0.5, [1, 2], isTraining: false);

        Assert.All(y, value => Assert.Equal(1f, value));
    }

    [Fact]
    public void Forward_SampleInOtherCompany_HasTheSameMask()
    {
        float[] alone = Masks(0.5, [77]);

        FloatBits.AssertEqual(alone, Masks(0.5, [5, 77, 3]).AsSpan(Width, Width), "sample 77, second of three");
        FloatBits.AssertEqual(alone, Masks(0.5, [77, 77]).AsSpan(Width, Width), "sample 77, twice");
    }

    [Fact]
    public void Forward_OtherSampleEpochSeedOrLayer_HasAnotherMask()
    {
        float[] mask = Masks(0.5, [77]);

        AssertUnrelated(mask, Masks(0.5, [78]), "index");
        AssertUnrelated(mask, Masks(0.5, [77], epoch: 2), "epoch");
        AssertUnrelated(mask, Masks(0.5, [77], seed: 2), "seed");
        AssertUnrelated(mask, Masks(0.5, [77], ordinal: 1), "layer");
    }

    [Fact]
    public void Forward_HigherRate_DropsASuperset()
    {
        (float[] few, float[] many) = (Masks(0.25, [4]), Masks(0.75, [4]));

        Assert.All(few.Zip(many), pair => Assert.True(pair.First != 0 || pair.Second == 0, "expected what is dropped at 0.25 to be dropped at 0.75."));
    }

    /// <summary>The definition: unit i is dropped when word i of the stream is below p·2³².</summary>
    [Fact]
    public void Forward_Unit_FollowsItsWord()
    {
        float[] mask = Masks(0.25, [42], epoch: 3, seed: 11, ordinal: 1);
        RandomStream stream = new(11, RandomPurpose.Dropout, layer: 1, epoch: 3, index: 42);

        for (int i = 0; i < Width; i++)
        {
            Assert.True(stream.Word((uint)i) < 1u << 30 == (mask[i] == 0), $"unit {i}: word {stream.Word((uint)i)}, factor {mask[i]}.");
        }
    }

    [Fact]
    public void Forward_NaNThatIsDropped_StaysVisible()
    {
        float[] y = Masks(0.5, [1], value: float.NaN);

        Assert.All(y, value => Assert.True(float.IsNaN(value)));
    }

    /// <summary>The outputs for inputs of 1: the factors.</summary>
    private static float[] Masks(
        double rate, int[] indices, int epoch = 1, ulong seed = 1, int ordinal = 0, bool isTraining = true, float value = 1)
    {
        LayerOptions[] layers = [.. Enumerable.Repeat(new ReluOptions(), ordinal), new DropoutOptions { Rate = rate }];
        Network network = Network.Build(Shape.Vector(Width), layers);
        float[] images = new float[indices.Length * network.Input.Stride];
        for (int n = 0; n < indices.Length; n++)
        {
            images.AsSpan(n * network.Input.Stride, Width).Fill(value);
        }

        SampleRun run = new()
        {
            Images = images,
            Labels = new byte[indices.Length],
            Indices = indices,
            Weights = [],
            IsTraining = isTraining,
            Seed = seed,
            Epoch = epoch,
        };
        float[] y = [.. network.Forward(run, new Workspace(network, indices.Length, KernelSet.For(KernelSet.BestTier)))];
        return [.. y.Chunk(network.Output.Stride).SelectMany(sample => sample[..Width])];
    }

    /// <summary>Two fair masks agree in half of their units, give or take five deviations.</summary>
    private static void AssertUnrelated(float[] left, float[] right, string what)
    {
        double agreeing = left.Zip(right).Count(pair => pair.First == pair.Second) / (double)Width;
        Assert.True(Math.Abs(agreeing - 0.5) <= 5 * Math.Sqrt(0.25 / Width), $"another {what}: expected half of the units to agree, actual {agreeing}.");
    }
}
