using ConvNN.App.Commands.Bench;
using ConvNN.App.Configuration;
using ConvNN.App.Tests.Configuration;

namespace ConvNN.App.Tests.Commands.Bench;

public class BenchPlanTests
{
    [Fact]
    public void Read_WithoutOptions_TakesOneWorkerAndAllCoresAtTwoBatchSizesOnTheSample()
    {
        BenchPlan plan = BenchPlan.Read(Sources.Of(), hasFile: false);

        Assert.Equal(new[] { 1, Environment.ProcessorCount }.Distinct(), plan.Workers);
        Assert.Equal([10, 128], plan.Runs.Select(run => run.Training.BatchSize));
        Assert.All(plan.Runs, run => Assert.Equal(("sample", null), (run.Data.Dataset, run.Pipeline.Workers)));
    }

    [Fact]
    public void Read_Lists_AreTakenInTheirOrderWithoutRepetition()
    {
        BenchPlan plan = BenchPlan.Read(With("Pipeline:Workers", "4, 1,auto,4").With("Training:BatchSize", "64,7,64"), hasFile: false);

        Assert.Equal([4, 1], plan.Workers);
        Assert.Equal([64, 7], plan.Runs.Select(run => run.Training.BatchSize));
    }

    [Fact]
    public void Read_NamedFile_KeepsItsBatchSize() =>
        Assert.Equal([10], BenchPlan.Read(Sources.Of(), hasFile: true).Runs.Select(run => run.Training.BatchSize));

    [Fact]
    public void Read_NamedDataset_IsKept() =>
        Assert.All(BenchPlan.Read(With("Data:Dataset", "fashion-mnist"), hasFile: false).Runs, run => Assert.Equal("fashion-mnist", run.Data.Dataset));

    private static ConfigurationSources With(string key, string value) => Sources.Of().With(key, value);
}
