using ConvNN.Formats.Protobuf;
using ConvNN.Pictures;

namespace ConvNN.Formats.TensorBoard;

/// <summary>Values that TensorBoard shows, each with a tag; a slash in a tag makes groups.</summary>
/// <remarks>The field numbers are those of <c>summary.proto</c>, and of <c>plugin_data.proto</c> and <c>api.proto</c> of the plugin hparams.</remarks>
public sealed class EventSummary
{
    private const int Bins = 30;
    private const string Hparams = "hparams";
    private const long Success = 1;

    /// <summary>The message <c>Summary</c>.</summary>
    internal ProtobufMessage Message { get; } = new();

    /// <summary>Adds a number; nothing where there is none.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="value">The number.</param>
    public EventSummary Scalar(string tag, double? value) =>
        value is { } number ? Add(new ProtobufMessage().Add(1, tag).Add(2, (float)number)) : this;

    /// <summary>Adds a picture.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="picture">The picture, grey or in colour.</param>
    public EventSummary Image(string tag, Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return Add(new ProtobufMessage().Add(1, tag).Add(4, new ProtobufMessage()
            .Add(1, (long)picture.Height)
            .Add(2, (long)picture.Width)
            .Add(3, (long)picture.Channels)
            .Add(4, PngWriter.Write(picture))));
    }

    /// <summary>Adds how values are distributed, in 30 bins of one width from the smallest to the largest.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="values">The values, at least one; finite.</param>
    public EventSummary Histogram(string tag, ReadOnlySpan<float> values)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0, squares = 0;
        foreach (float value in values)
        {
            (min, max, sum, squares) = (Math.Min(min, value), Math.Max(max, value), sum + value, squares + ((double)value * value));
        }

        double[] limits = [.. Enumerable.Range(1, Bins).Select(bin => bin == Bins ? max : min + ((max - min) * bin / Bins))], counts = new double[Bins];
        foreach (float value in values)
        {
            counts[max > min ? Math.Min(Bins - 1, (int)((value - min) / (max - min) * Bins)) : Bins - 1]++;
        }

        return Add(new ProtobufMessage().Add(1, tag).Add(5, new ProtobufMessage()
            .Add(1, min)
            .Add(2, max)
            .Add(3, (double)values.Length)
            .Add(4, sum)
            .Add(5, squares)
            .AddPacked(6, limits)
            .AddPacked(7, counts)));
    }

    /// <summary>Adds what the run was told to do, for the table of runs, and the metrics that are compared there.</summary>
    /// <param name="values">The values by name: numbers, truth values and words.</param>
    /// <param name="metrics">Tags of scalars.</param>
    /// <param name="begin">When the run begins.</param>
    public EventSummary Hyperparameters(IReadOnlyDictionary<string, object> values, IEnumerable<string> metrics, DateTimeOffset begin)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(metrics);
        ProtobufMessage experiment = new(), session = new();
        foreach ((string name, object value) in values)
        {
            experiment.Add(4, new ProtobufMessage().Add(1, name).Add(4, value is bool ? 2L : value is string ? 1L : 3L));
            session.Add(1, new ProtobufMessage().Add(1, name).Add(2, value switch
            {
                bool truth => new ProtobufMessage().Add(4, truth ? 1L : 0L),
                string text => new ProtobufMessage().Add(3, text),
                _ => new ProtobufMessage().Add(2, Convert.ToDouble(value, null)),
            }));
        }

        foreach (string metric in metrics)
        {
            experiment.Add(5, new ProtobufMessage().Add(1, new ProtobufMessage().Add(2, metric)));
        }

        session.Add(5, Seconds(begin));
        return Plugin("_hparams_/experiment", 2, experiment).Plugin("_hparams_/session_start_info", 3, session);
    }

    /// <summary>Adds that the run did what it was told to do.</summary>
    /// <param name="end">When it ended.</param>
    public EventSummary SessionEnd(DateTimeOffset end) =>
        Plugin("_hparams_/session_end_info", 4, new ProtobufMessage().Add(1, Success).Add(2, Seconds(end)));

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>Adds data of the plugin, which are part of a value's description.</summary>
    private EventSummary Plugin(string tag, int field, ProtobufMessage data)
    {
        ProtobufMessage plugin = new ProtobufMessage().Add(1, Hparams).Add(2, new ProtobufMessage().Add(field, data));
        return Add(new ProtobufMessage().Add(1, tag).Add(9, new ProtobufMessage().Add(1, plugin)));
    }

    private EventSummary Add(ProtobufMessage value)
    {
        Message.Add(1, value);
        return this;
    }
}
