using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ConvNN.Training.Metrics;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tests.Metrics;

/// <summary>What a listener of the platform's own kind gets to see of a run.</summary>
public class TrainingMeterTests
{
    [Fact]
    public async Task Run_WithListener_CountsStepsAndImagesAndTimesEveryStep()
    {
        using TrainingMeter meter = new();
        using Collector collector = new(meter);

        TrainingResult result = await RunAsync(meter, images: 95, epochs: 2);

        Assert.Equal(2 * 10, collector.Sum("convnn.steps", "phase=train"));
        Assert.Equal(2 * 95, collector.Sum("convnn.images", "phase=train"));
        Assert.Equal(2 * 20, collector.Sum("convnn.images", "phase=test"));
        List<double> durations = collector.Values("convnn.step.duration", "phase=train");
        Assert.Equal(2 * 10, durations.Count);
        Assert.All(durations, seconds => Assert.InRange(seconds, 1e-7, 60));
        double elapsed = result.Epochs.Sum(epoch => epoch.Training.Elapsed.TotalSeconds);
        Assert.True(durations.Sum() <= elapsed, $"The steps took {durations.Sum()} s, more than the {elapsed} s of their passes.");
    }

    [Fact]
    public async Task Run_Observed_TellsLossAccuracyAndRateOfTheLastPasses()
    {
        using TrainingMeter meter = new();
        using Collector collector = new(meter);

        TrainingResult result = await RunAsync(meter, images: 60, epochs: 2);
        collector.Observe();

        Assert.Equal(result.Epochs[^1].Training.Loss, collector.Last("convnn.loss", "phase=train"));
        Assert.Equal(result.Epochs[^1].Test.Loss, collector.Last("convnn.loss", "phase=test"));
        Assert.Equal(result.Epochs[^1].Training.Accuracy, collector.Last("convnn.accuracy", "phase=train"));
        Assert.Equal(result.Epochs[^1].Test.Accuracy, collector.Last("convnn.accuracy", "phase=test"));
        Assert.Equal(0.1, collector.Last("convnn.learning_rate", "phase=train"));
    }

    [Fact]
    public async Task Run_ObservedAgainAndAgain_StagesOnlyCountUpOverAllRuns()
    {
        using TrainingMeter meter = new();
        using Collector collector = new(meter);
        string[] states = ["busy", "blocked", "starved"];
        string[] series = [.. from stage in (string[])["read", "shard", "workers", "reduce"] from state in states select $"stage={stage} state={state}"];
        using CancellationTokenSource ended = new();

        // Asked all the while, as an exporter with a very short period would.
        Task asking = Task.Run(
            () =>
            {
                while (!ended.IsCancellationRequested)
                {
                    collector.Observe();
                }
            },
            TestContext.Current.CancellationToken);
        await RunAsync(meter, images: 300, epochs: 2);
        collector.Observe();
        double between = collector.Last("convnn.stage.items", "stage=workers");
        await RunAsync(meter, images: 300, epochs: 2);
        await ended.CancelAsync();
        await asking;
        collector.Observe();

        Assert.Equal(2 * between, collector.Last("convnn.stage.items", "stage=workers"));
        Assert.Equal(0, collector.Last("convnn.stage.queue.depth", "stage=read"));
        foreach (string one in series)
        {
            List<double> values = collector.Values("convnn.stage.time", one);
            Assert.True(values.Order().SequenceEqual(values), $"convnn.stage.time {one} fell.");
        }

        Assert.All(series.Where(one => one.EndsWith("busy", StringComparison.Ordinal)), one => Assert.True(collector.Last("convnn.stage.time", one) > 0, one));
    }

    [Fact]
    public async Task Run_Running_TellsQueuesWithTheirCapacity()
    {
        using TrainingMeter meter = new();
        using Collector collector = new(meter);

        Trainer trainer = NewTrainer(meter, images: 30, epochs: 2);
        await trainer.RunAsync(
            _ =>
            {
                collector.Observe();
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(PipelinePlan.FewestRuns, collector.Last("convnn.stage.queue.capacity", "stage=read"));
        Assert.Equal(2, collector.Last("convnn.stage.queue.capacity", "stage=workers"));
        Assert.All(collector.Values("convnn.stage.queue.depth", "stage=workers"), depth => Assert.InRange(depth, 0, 2));
    }

    [Fact]
    public void Instruments_All_AreNamedWithUnitAndDescription()
    {
        using TrainingMeter meter = new();
        using Collector collector = new(meter);

        Assert.Equal(
            [
                "convnn.accuracy [1]", "convnn.images [{image}]", "convnn.learning_rate [1]", "convnn.loss [{nat}]",
                "convnn.stage.items [{item}]", "convnn.stage.queue.capacity [{item}]", "convnn.stage.queue.depth [{item}]",
                "convnn.stage.time [s]", "convnn.step.duration [s]", "convnn.steps [{step}]",
            ],
            collector.Instruments.Select(instrument => $"{instrument.Name} [{instrument.Unit}]").Order(StringComparer.Ordinal));
        Assert.All(collector.Instruments, instrument => Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal));
    }

    private static Trainer NewTrainer(TrainingMeter meter, int images, int epochs) =>
        new(TestData.Network(), TestData.Pair(images), new TrainingOptions { Epochs = epochs }, new PipelineOptions { Workers = 2, Threads = 2 }) { Meter = meter };

    private static Task<TrainingResult> RunAsync(TrainingMeter meter, int images, int epochs) =>
        NewTrainer(meter, images, epochs).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Keeps everything that the instruments of one meter say.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, string Tags, double Value)> _measurements = new();
        private readonly Lock _observing = new();

        public Collector(TrainingMeter meter)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (meter.Owns(instrument.Meter))
                {
                    Instruments.Add(instrument);
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _listener.Start();
        }

        public List<Instrument> Instruments { get; } = [];

        public void Observe()
        {
            // One at a time, so that the order of what is kept is the order of asking.
            lock (_observing)
            {
                _listener.RecordObservableInstruments();
            }
        }

        public List<double> Values(string name, string tags) =>
            [.. _measurements.Where(one => one.Name == name && one.Tags == tags).Select(one => one.Value)];

        public double Sum(string name, string tags) => Values(name, tags).Sum();

        public double Last(string name, string tags) => Values(name, tags)[^1];

        public void Dispose() => _listener.Dispose();

        private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string text = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            _measurements.Enqueue((instrument.Name, text, value));
        }
    }
}
