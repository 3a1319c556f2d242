using ConvNN.App.Log.Events;
using ConvNN.App.Tests.Configuration;
using ConvNN.Data;
using ConvNN.Data.Idx;
using ConvNN.Model;
using ConvNN.Model.Inspection;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Tests.Log;

/// <summary>What happens in a run, with fixed figures: every kind of event.</summary>
internal static class RunEvents
{
    public static readonly DateTimeOffset Time = new(2026, 11, 22, 14, 30, 12, 345, TimeSpan.Zero);

    private static readonly string Hash = string.Concat(Enumerable.Repeat("9c1e47a0b3d2f586", 4));

    public static IReadOnlyList<RunEvent> Of(bool isSample) =>
    [
        new StartEvent("original", "./appsettings.json", "AVX-512") { Version = "0.1.0+3f2a9c1", Runtime = ".NET 10.0.12", Architecture = "x64", Cores = 8, PhysicalCores = 4 },
        DataEvent.Of(Data(isSample), 60_000),
        new NetworkEvent("original", Network.Build(Shape.Image(1, 28, 28), Sources.Read().Layers)),
        new TrainEvent(new TrainingOptions(), "AVX-512") { Workers = 16, Threads = 8, Leaves = 8, Exchange = ExchangeKind.OwnFeatures, ExchangeReason = "each weight has one owner" },
        TextEvent.Output("runs/20261122-143012-original"),
        Step(1, 0),
        Step(1, 12),
        Epoch(1, isSample),
        TextEvent.Warning("log.txt cannot be written any more: \"no space\"\nleft = 0"),
        Step(2, 2413),
        TextEvent.Changed(new WorkersChanged(8, 4, 9_874, 121_400.4, 74_099.6)),
        TextEvent.Changed(new WorkersChanged(4, 8, 10_874, 131_400.4, 121_400.4) { Exchange = ExchangeKind.FullGradients }),
        TextEvent.Changed(new WorkersChanged(8, 6, 11_874, 74_099.6, Against: null)),
        Epoch(2, isSample),
        new LayersEvent(new LayersInspected(
            2,
            260,
            [
                new LayerInsight("conv1", 0.4496656210750573, 6.707747102641408, 8, 0),
                new LayerInsight("dense1", 1.317875686736593e-7, 22.797299859990986, 128, 121),
                new LayerInsight("a-layer-with-a-long-name-indeed", null, null, 1280, 0),
                new LayerInsight("dense3", 0, 1234.5, 0, 0),
            ])),
        new TextEvent("stop", $"{"SIGINT":signal}: finishing the current step; a second signal ends at once"),
        TextEvent.Stopped("SIGINT", " in epoch 3 of 10; the weights are those of the last step", 2, 10),
        new DoneEvent(isSample ? "sample" : "mnist", isSample, 2, new(Pass(10_000, 9_861, 712) with { TopCorrect = 9_970 }, Hash), TimeSpan.FromSeconds(5.4), 116_200),
        new TextEvent("weights", $"{Hash:sha256}"),
        new TextEvent("limit", $"{"workers":stage}, 92 % busy; the cores do little else", new Field("workers_busy", 0.92)),
        new TextEvent("saved", "runs/20261122-143012-original: model.safetensors history.csv log.txt"),
        new TextEvent("log", "Information Some.Library: ready") { Level = LogLevel.Information },
        TextEvent.Fault(6, "diverged: Training diverged."),
        new VerifyEvent(2, 1),
        new VerifyRunEvent(8, "AVX-512", 116_200, Hash),
        new VerifyRunEvent(8, "AVX-512", 116_200, Hash) { IsChanging = true },
    ];

    public static EpochEvent Epoch(int epoch, bool isSample) => new(
        new EpochResult(epoch, isSample ? "sample" : "mnist", 0.1, Pass(60_000, 55_566, 14_346), Pass(10_000, 9_771, 712) with { TopCorrect = 9_960 }, Hash), 10, isSample)
    { HasDropout = true };

    public static StepEvent Step(int epoch, long step) => new(
        new StepProgress(epoch, step, 6_000, (int)step * 10, step == 0 ? null : 0.0912, step == 0 ? null : 0.971, 118_900, Loads) { Elapsed = TimeSpan.FromSeconds(0.2) },
        10,
        118_900,
        TimeSpan.FromSeconds(4.6))
    { HasDropout = true };

    private static readonly StageLoad[] Loads = [new("read", 0.03), new("shard", 0.01), new("workers", 0.93), new("reduce", 0.06)];

    private static PassResult Pass(int samples, int correct, double lossSum) =>
        new(samples, correct, lossSum, TimeSpan.FromSeconds(0.58), Loads, IsComplete: true);

    private static DatasetPair Data(bool isSample)
    {
        ImageDataset images = new("d", "train", new IdxArray("images", new byte[600 * 28 * 28], [600, 28, 28]), new IdxArray("labels", new byte[600], [600]), classes: 10);
        return isSample
            ? new DatasetPair("sample", "embedded sample", images, images.Take(100), IsAsPublished: true)
            : new DatasetPair("mnist", "~/.cache/convnn/mnist", images, images.Take(100), IsAsPublished: true);
    }
}
