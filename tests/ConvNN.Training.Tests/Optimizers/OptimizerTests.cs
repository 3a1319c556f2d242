using System.Text.Json;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Options;
using ConvNN.Training.Optimizers;

namespace ConvNN.Training.Tests.Optimizers;

public class OptimizerTests
{
    /// <summary>
    /// The largest difference from PyTorch's weights, which lie within ±1.5, after one step and after ten: 2⁻²⁴, half a unit
    /// in the last place of 1. Both compute in float32; ours rounds less often, and divides once where PyTorch divides twice.
    /// </summary>
    private const float LargestDifference = 6e-8f;

    private static readonly JsonElement Golden =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "optimizers.json"))).RootElement;

    public static TheoryData<int, KernelTier> Places { get; } =
        [.. Enumerable.Range(0, Golden.GetProperty("Cases").GetArrayLength())
            .SelectMany(place => new[] { KernelTier.Reference, KernelSet.BestTier }.Distinct().Select(tier => (place, tier)))];

    public static TheoryData<string> Names { get; } = [.. OptimizerRegistry.Types.Types.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Places))]
    public void Step_TenTimes_GivesPyTorchsWeights(int place, KernelTier tier)
    {
        JsonElement example = Golden.GetProperty("Cases")[place];
        OptimizerOptions options = Read(example.GetProperty("Options"));
        float learningRate = example.GetProperty("LearningRate").GetSingle();
        float[] weights = Floats(Golden.GetProperty("Weights"));
        IOptimizer optimizer = options.Create(KernelSet.For(tier), weights.Length);

        for (int step = 1; step <= 10; step++)
        {
            optimizer.Step(weights, Floats(Golden.GetProperty("Gradients")[step - 1]), start: 0, learningRate, step);
            if (step is 1 or 10)
            {
                AssertNear(Floats(example.GetProperty($"After{step}")), weights, $"{options}, {tier}, step {step}");
            }
        }
    }

    [Fact]
    public void Golden_Cases_CoverEveryOptimizer() =>
        Assert.Equal(
            OptimizerRegistry.Types.Types.Select(type => type.Name).Order(StringComparer.Ordinal),
            Golden.GetProperty("Cases").EnumerateArray().Select(example => example.GetProperty("Options").GetProperty("Type").GetString()).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_SlicesByManyThreads_GivesTheBitsOfOneCall(string name)
    {
        const int Length = 5_000, Slice = 333;
        OptimizerOptions options = name;
        (float[] whole, float[] sliced) = (Random(Length, 1), Random(Length, 1));
        IOptimizer one = (options with { WeightDecay = 0.01 }).Create(KernelSet.For(KernelSet.BestTier), Length);
        IOptimizer many = (options with { WeightDecay = 0.01 }).Create(KernelSet.For(KernelSet.BestTier), Length);
        for (int step = 1; step <= 4; step++)
        {
            float[] gradients = Random(Length, 10 + step);
            one.Step(whole, gradients, start: 0, 0.01f, step);
            Parallel.For(0, (Length + Slice - 1) / Slice, part =>
            {
                (int start, int length) = (part * Slice, Math.Min(Slice, Length - (part * Slice)));
                many.Step(sliced.AsSpan(start, length), gradients.AsSpan(start, length), start, 0.01f, step);
            });
        }

        Assert.Equal(whole.Select(BitConverter.SingleToInt32Bits), sliced.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(one.State.Keys, many.State.Keys);
        Assert.All(one.State, state => Assert.Equal(state.Value.Span, many.State[state.Key].Span));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_StateTakenOver_GoesOnAsIfNothingHadHappened(string name)
    {
        // What a checkpoint does: weights, the step's number and State are all that an optimizer is.
        OptimizerOptions options = name;
        KernelSet kernels = KernelSet.For(KernelTier.Reference);
        float[] expected = Random(50, 1);
        IOptimizer through = options.Create(kernels, 50);
        through.Step(expected, Random(50, 2), 0, 0.01f, step: 1);
        float[] actual = [.. expected];
        IOptimizer resumed = options.Create(kernels, 50);
        foreach ((string key, AlignedBuffer buffer) in through.State)
        {
            buffer.Span.CopyTo(resumed.State[key].Span);
        }

        through.Step(expected, Random(50, 3), 0, 0.01f, step: 2);
        resumed.Step(actual, Random(50, 3), 0, 0.01f, step: 2);

        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_EveryOptimizer_AreThoseOfItsRegistrationAndReadAgain(string name)
    {
        OptimizerOptions options = name;
        List<Failure> failures = [];
        Dictionary<string, string> text = options.ToJson().ToDictionary(value => value.Key, value => $"{value.Value}");

        Assert.Equal(["Type", .. options.Definition.Options.Select(option => option.Name)], text.Keys);
        Assert.Equal(options, OptimizerRegistry.Types.Read("Training:Optimizer", text, failures));
        Assert.Equal(name, options.Type);
        Assert.Empty(failures);
    }

    [Fact]
    public void Convert_UnknownName_NamesTheKnownOnes()
    {
        ConfigurationException failure = Assert.Throws<ConfigurationException>(() => (OptimizerOptions)"adan");

        Assert.Equal(
            $"Training:Optimizer:Type is adan, which is not a known optimizer; did you mean adam? (known here: {string.Join(", ", OptimizerRegistry.Types.Names)}).",
            failure.Message);
    }

    [Fact]
    public void ToString_OptionsThatDoSomething_AreTold() =>
        Assert.Equal("adam (Beta1 0.7, Beta2 0.999, Epsilon 1E-08, WeightDecay 0.01)", new AdamOptions { Beta1 = 0.7, WeightDecay = 0.01 }.ToString());

    private static OptimizerOptions Read(JsonElement options)
    {
        List<Failure> failures = [];
        OptimizerOptions? read = OptimizerRegistry.Types.Read("Training:Optimizer", options.EnumerateObject().ToDictionary(option => option.Name, option => option.Value.ToString()), failures);
        Assert.Empty(failures);
        return read!;
    }

    private static void AssertNear(float[] expected, float[] actual, string context)
    {
        int worst = Enumerable.Range(0, expected.Length).MaxBy(i => Math.Abs(expected[i] - actual[i]));
        float difference = Math.Abs(expected[worst] - actual[worst]);
        Assert.True(
            difference <= LargestDifference,
            $"{context}: weight {worst} is {actual[worst]:g9}, PyTorch has {expected[worst]:g9}; they differ by {difference:g3}.");
    }

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(value => (float)value.GetDouble())];

    private static float[] Random(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
