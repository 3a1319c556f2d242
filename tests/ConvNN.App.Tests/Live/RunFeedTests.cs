using System.Text.Json.Nodes;
using ConvNN.App.Live;
using ConvNN.App.Log.Events;
using ConvNN.Dashboard;
using ConvNN.Model.Inspection;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.App.Tests.Live;

/// <summary>What a page is told, and that nothing about it can end a run.</summary>
public class RunFeedTests
{
    private readonly EventFeed _feed = new();

    private RunFeed Run => field ??= new RunFeed(_feed, TimeProvider.System);

    [Fact]
    public void Log_AnEventThatCannotBeTold_IsAWarningAndNoFault()
    {
        Run.Log(DateTimeOffset.UnixEpoch, new BrokenEvent());
        Run.Log(DateTimeOffset.UnixEpoch, TextEvent.Warning("another"));

        Assert.Equal(["the page cannot show this: InvalidOperationException", "another"], Told().Select(what => (string)what["text"]!));
    }

    [Fact]
    public void Training_ProgressOfSteps_TellsTheStagesAndTheLimit()
    {
        StageLoad[] loads = [new StageLoad("read", 0.25) { Blocked = 0.5, QueueDepth = 2, QueueCapacity = 3, Items = 7 }, new StageLoad("workers", 0.75)];

        Run.Training(new StepProgress(1, 1, 10, 10, null, null, 100, loads));
        Run.Training(new StepProgress(1, 2, 10, 20, null, null, 100, loads));

        JsonObject stages = Assert.Single(Told());
        Assert.Equal("workers", (string)stages["limit"]!);
        Assert.Equal("""{"name":"read","busy":0.25,"blocked":0.5,"starved":0.25,"items":7,"queue":2,"capacity":3}""", stages["stages"]![0]!.ToJsonString());
    }

    /// <summary>A long run is thinned layer by layer: its history has as many epochs of one as of another, the last among them.</summary>
    [Fact]
    public void Training_VeryManyEpochs_LeavesNoLayerOut()
    {
        string[] names = ["conv1", "dense1", "dense2", "dense3"];
        for (int epoch = 1; epoch <= 3000; epoch++)
        {
            Run.Training(new LayersInspected(epoch, 256, [.. names.Select(name => new LayerInsight(name, 1, 2, 0, 0))]));
        }

        ILookup<string, int> told = Told().ToLookup(what => (string)what["name"]!, what => (int)what["epoch"]!);
        Assert.All(names, name => Assert.Equal((1, 3000), (told[name].First(), told[name].Last())));
        Assert.Single(names.Select(name => told[name].Count()).Distinct());
    }

    [Fact]
    public void Failed_HasTheCodeAndTheLineOfTheFault()
    {
        Run.Failed(new IOException("/var/lib/run/log.txt is gone"));

        JsonObject fault = Assert.Single(Told());
        Assert.Equal(("fault", 4, "files: log.txt is gone"), ((string)fault["event"]!, (int)fault["exit_code"]!, (string)fault["text"]!));
    }

    private IEnumerable<JsonObject> Told() => _feed.After(0).Select(item => JsonNode.Parse(item.Json)!.AsObject());

    private sealed record BrokenEvent() : RunEvent("broken")
    {
        public override IEnumerable<Field> Fields => throw new InvalidOperationException("a bug");
    }
}
