using ConvNN.App.Configuration;
using ConvNN.App.Log.Drawing;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Tests.Cluster;
using ConvNN.Training.Cluster;
using ConvNN.Training.Options;
using ConvNN.Training.Tests;

namespace ConvNN.App.Tests.Runs;

/// <summary>Which keys about several processes a run is known by: those that change its weights, and no others.</summary>
public class RunIdentitiesTests
{
    private static readonly LocalStepOptions Local = new() { LocalSteps = 8 };

    [Fact]
    public void Hash_RanksThatShareSteps_IsThatOfOneProcess()
    {
        string alone = HashOf(new LocalStepOptions(), ranks: 1);

        Assert.Equal(alone, HashOf(new LocalStepOptions(), ranks: 3));
        Assert.Equal(alone, HashOf(new LocalStepOptions { OuterRate = 0.5, OuterMomentum = 0.1 }, ranks: 2));
        Assert.Equal(alone, HashOf(new LocalStepOptions(), ranks: 1, new ClusterOptions { Engine = ClusterEngine.Mpi, Deadline = TimeSpan.FromSeconds(7) }));
    }

    [Fact]
    public void Hash_LocalSteps_DependsOnThemAndOnTheNumberOfRanks()
    {
        string[] others =
        [
            HashOf(new LocalStepOptions(), ranks: 2),
            HashOf(Local, ranks: 1),
            HashOf(Local, ranks: 2),
            HashOf(Local with { LocalSteps = 9 }, ranks: 2),
            HashOf(Local with { OuterRate = 1 }, ranks: 2),
            HashOf(Local with { OuterMomentum = 0 }, ranks: 2),
        ];

        Assert.Equal(others.Length, others.Distinct().Count());
        Assert.Equal(HashOf(Local, ranks: 2), HashOf(Local, ranks: 2, new ClusterOptions { Deadline = TimeSpan.FromSeconds(7) }));
    }

    [Fact]
    public void TrainLine_LocalSteps_SaysThatTheWeightsDependOnTheRanks()
    {
        TrainEvent train = new(new TrainingOptions { Local = Local }, "AVX-512") { Workers = 1, Threads = 1, Leaves = 8, ExchangeReason = "as configured", Exchange = ExchangeKind.OwnFeatures, Ranks = 2 };
        string text = Figures.Untied(string.Join(' ', new RunDrawing().Lines(train, 500)));

        Assert.Contains("8 local steps, outer rate 0.7, momentum 0.9", text, StringComparison.Ordinal);
        Assert.Contains("the weights depend on the number of ranks, 2:", text, StringComparison.Ordinal);
        Assert.Contains("^C stops after the exchange", text, StringComparison.Ordinal);
        Assert.Equal([8, 0.7, 0.9, 2], train.Fields.Where(field => field.Key is "local_steps" or "outer_rate" or "outer_momentum" or "ranks").Select(field => Convert.ToDouble(field.Value, null)));
    }

    private static string HashOf(LocalStepOptions local, int ranks, ClusterOptions? cluster = null)
    {
        using RankGroup group = new(new ThreadJob(ranks).Ranks[0]);
        RunConfiguration run = new()
        {
            Training = new TrainingOptions { Local = local },
            Pipeline = new PipelineOptions { Ranks = ranks == 1 ? null : group },
            Cluster = cluster ?? new ClusterOptions(),
        };
        return RunIdentities.HashOf(run, TestData.Pair(20, test: 10));
    }
}
