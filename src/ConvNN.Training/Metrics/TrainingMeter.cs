using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Metrics;

/// <summary>
/// The instruments by which running pipelines can be observed from outside: the meter <c>ConvNN</c>, named as
/// OpenTelemetry names things, with units of UCUM. The table is in the README beside this file.
/// </summary>
/// <remarks>
/// Without a listener a step costs two checks of a flag and allocates nothing. Stage times, queue depths, loss
/// and accuracy are read only on request, never during a step.
/// </remarks>
public sealed class TrainingMeter : IDisposable
{
    /// <summary>The name of the meter: what a listener asks for.</summary>
    public const string Name = "ConvNN";

    // From a step of a small batch on one core to one of a large network.
    private static readonly InstrumentAdvice<double> StepSeconds = new()
    {
        HistogramBucketBoundaries =
            [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Meter _meter;
    private readonly PipelineReadings _readings = new();
    private readonly Counter<long> _steps;
    private readonly Counter<long> _images;
    private readonly Histogram<double> _stepDuration;

    /// <summary>Creates the instruments.</summary>
    /// <param name="factory">The host's factory, which then owns the meter; null to create a separate meter.</param>
    public TrainingMeter(IMeterFactory? factory = null)
    {
        string? version = typeof(TrainingMeter).Assembly.GetName().Version?.ToString(3);
        MeterOptions options = new(Name) { Version = version };
        _meter = factory?.Create(options) ?? new Meter(options);
        _steps = _meter.CreateCounter<long>("convnn.steps", "{step}", "Steps finished.");
        _images = _meter.CreateCounter<long>("convnn.images", "{image}", "Images that went through the network in finished steps.");
        _stepDuration = _meter.CreateHistogram("convnn.step.duration", "s", "Time from the beginning of a step to its end.", tags: null, StepSeconds);
        _meter.CreateObservableGauge("convnn.loss", _readings.Losses, "{nat}", "Mean loss per image in the current or latest pass.");
        _meter.CreateObservableGauge("convnn.accuracy", _readings.Accuracies, "1", "Fraction of correct answers in the current or latest pass.");
        _meter.CreateObservableGauge("convnn.learning_rate", _readings.LearningRates, "1", "Current learning rate.");
        _meter.CreateObservableCounter("convnn.stage.time", _readings.Times, "s", "Time of a stage's threads by state: busy, blocked or starved.");
        _meter.CreateObservableCounter("convnn.stage.items", _readings.Items, "{item}", "Messages that a stage has finished.");
        _meter.CreateObservableUpDownCounter("convnn.stage.queue.depth", _readings.QueueDepths, "{item}", "Messages waiting for a stage.");
        _meter.CreateObservableUpDownCounter("convnn.stage.queue.capacity", _readings.QueueCapacities, "{item}", "Maximum number of messages that can wait for a stage.");
    }

    /// <summary>The default meter.</summary>
    public static TrainingMeter Shared { get; } = new();

    /// <summary>Ends the instruments. A factory's meter lives as long as the factory.</summary>
    public void Dispose() => _meter.Dispose();

    /// <summary>Whether a meter is this one.</summary>
    internal bool Owns(Meter meter) => ReferenceEquals(meter, _meter);

    /// <summary>Begins to measure a pass; loss and accuracy are its until another begins.</summary>
    internal void Begin(PipelineClock clock, PassProgress progress, PassPhase phase, float learningRate) =>
        _readings.Begin(clock, progress, phase, learningRate);

    /// <summary>Keeps the result of the pass that has just ended.</summary>
    internal void EndPass(PipelineClock clock) => _readings.EndPass(clock);

    /// <summary>Forgets a pipeline that ends but keeps its counts.</summary>
    internal void End(PipelineClock clock) => _readings.End(clock);

    /// <summary>The time at which a step begins; 0 if nobody listens to durations.</summary>
    internal long BeginStep() => _stepDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Counts a finished step.</summary>
    /// <param name="phase">Training or evaluation.</param>
    /// <param name="images">Its images.</param>
    /// <param name="began">The value that <see cref="BeginStep"/> returned.</param>
    internal void EndStep(PassPhase phase, int images, long began)
    {
        KeyValuePair<string, object?> tag = PipelineReadings.Tag(phase);
        _steps.Add(1, tag);
        _images.Add(images, tag);
        if (began != 0)
        {
            _stepDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tag);
        }
    }
}
