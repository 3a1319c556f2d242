using System.Text.Json;
using ConvNN.Model.Options;
using ConvNN.Training.Schedules;

namespace ConvNN.Training.Tests.Schedules;

public class ScheduleTests
{
    /// <summary>The largest difference from PyTorch's rates, which are doubles of at most 0.3, as ours: two units in the last place.</summary>
    private const double LargestDifference = 1.2e-16;

    private static readonly JsonElement Golden =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "schedules.json"))).RootElement;

    public static TheoryData<int> Places { get; } = [.. Enumerable.Range(0, Golden.GetProperty("Cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Places))]
    public void RateAt_EveryStep_IsPyTorchs(int place)
    {
        JsonElement example = Golden.GetProperty("Cases")[place];
        ScheduleOptions schedule = Read(example.GetProperty("Options").EnumerateObject().ToDictionary(option => option.Name, option => option.Value.ToString()));
        int perEpoch = Golden.GetProperty("StepsPerEpoch").GetInt32();
        LearningRatePlan plan = new(Golden.GetProperty("LearningRate").GetDouble(), schedule, perEpoch, Golden.GetProperty("Epochs").GetInt32());
        double[] losses = [.. Golden.GetProperty("Losses").EnumerateArray().Select(loss => loss.GetDouble())];

        int step = 0;
        foreach (double expected in example.GetProperty("Rates").EnumerateArray().Select(rate => rate.GetDouble()))
        {
            plan.Observe(losses.Take(step / perEpoch));
            double actual = plan.RateAt(++step);
            Assert.True(Math.Abs(expected - actual) <= LargestDifference, $"{schedule}: step {step} has {actual:g17}, PyTorch {expected:g17}.");
        }
    }

    [Fact]
    public void Golden_Cases_CoverEverySchedule() =>
        Assert.Equal(
            ScheduleRegistry.Types.Types.Select(type => type.Name).Order(StringComparer.Ordinal),
            Golden.GetProperty("Cases").EnumerateArray().Select(example => example.GetProperty("Options").GetProperty("Type").GetString()).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void RateAt_WarmupBeforeCosine_RisesEvenlyAndThenFallsOverTheRest()
    {
        LearningRatePlan plan = new(0.5, new CosineSchedule { Warmup = 0.5 }, batchesPerEpoch: 8, epochs: 2);

        double[] rates = [.. Enumerable.Range(1, 16).Select(step => plan.RateAt(step))];

        Assert.Equal([0.125, 0.25, 0.375, 0.5, 0.5], rates[..5]);
        Assert.Equal(rates[4..].OrderDescending(), rates[4..]);
        Assert.Equal(0.25, rates[10], precision: 15);        // half of the 12 steps behind the warm-up
    }

    [Fact]
    public void RateAt_WarmupLongerThanTheRun_IsStillRisingAtItsEnd()
    {
        LearningRatePlan plan = new(1, new ConstantSchedule { Warmup = 4 }, batchesPerEpoch: 2, epochs: 2);

        Assert.Equal([0.125, 0.25, 0.375, 0.5], Enumerable.Range(1, 4).Select(step => plan.RateAt(step)));
    }

    /// <summary>4 batches an epoch, 3 for each step: the 12 steps of 9 epochs end where a run without accumulation does.</summary>
    [Fact]
    public void RateAt_Accumulation_CountsOptimizerSteps()
    {
        LearningRatePlan cosine = new(1, new CosineSchedule(), batchesPerEpoch: 4, epochs: 9, accumulate: 3);
        LearningRatePlan alike = new(1, new CosineSchedule(), batchesPerEpoch: 12, epochs: 1);
        LearningRatePlan halved = new(1, new StepSchedule { Every = 1, Factor = 0.5 }, batchesPerEpoch: 4, epochs: 9, accumulate: 3);
        LearningRatePlan warm = new(1, new ConstantSchedule { Warmup = 3 }, batchesPerEpoch: 4, epochs: 9, accumulate: 3);

        Assert.Equal(Enumerable.Range(1, 12).Select(step => alike.RateAt(step)), Enumerable.Range(1, 12).Select(step => cosine.RateAt(step)));
        Assert.InRange(cosine.RateAt(12), 0, 0.02);
        Assert.Equal([1, 1, 0.5, 0.25, 0.125, 0.125, 0.0625], Enumerable.Range(1, 7).Select(step => halved.RateAt(step)));
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(1, 5).Select(step => warm.RateAt(step)));
    }

    [Fact]
    public void Convert_NameThatNeedsOptions_SaysWhichAreMissing()
    {
        Assert.Equal(new CosineSchedule(), (ScheduleOptions)"cosine");

        ConfigurationException failure = Assert.Throws<ConfigurationException>(() => (ScheduleOptions)"step");

        Assert.StartsWith("Training:Schedule:Every is missing; it must be a number of at least 0.001", failure.Message, StringComparison.Ordinal);
    }

    private static ScheduleOptions Read(Dictionary<string, string> options)
    {
        List<Failure> failures = [];
        ScheduleOptions? read = ScheduleRegistry.Types.Read("Training:Schedule", options, failures);
        Assert.Empty(failures);
        return read!;
    }
}
