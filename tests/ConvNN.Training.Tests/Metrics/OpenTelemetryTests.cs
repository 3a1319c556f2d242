using System.Net;
using System.Net.Sockets;
using System.Text;
using ConvNN.Training.Metrics;
using ConvNN.Training.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace ConvNN.Training.Tests.Metrics;

/// <summary>What OpenTelemetry's own exporters make of the meter, in short trainings.</summary>
public class OpenTelemetryTests
{
    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_ShortTraining_HasEveryInstrumentWithItsNumbers()
    {
        List<Metric> exported = [];
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(TrainingMeter.Name)
            .AddInMemoryExporter(exported)
            .Build();

        await TrainAsync(provider);

        Assert.Equal(
            [
                "convnn.accuracy", "convnn.images", "convnn.learning_rate", "convnn.loss", "convnn.stage.items",
                "convnn.stage.queue.capacity", "convnn.stage.queue.depth", "convnn.stage.time", "convnn.step.duration", "convnn.steps",
            ],
            exported.Select(metric => metric.Name).Order(StringComparer.Ordinal));
        Assert.Equal(190, Point(exported, "convnn.images", "phase", "train").GetSumLong());
        Assert.Equal(20, Point(exported, "convnn.steps", "phase", "train").GetSumLong());
        Assert.InRange(Point(exported, "convnn.loss", "phase", "test").GetGaugeLastValueDouble(), 1e-6, 10);
        Assert.Equal(20, Point(exported, "convnn.step.duration", "phase", "train").GetHistogramCount());
        Assert.InRange(Point(exported, "convnn.stage.time", "stage", "workers").GetSumDouble(), 1e-9, 60);
    }

    [Fact]
    public async Task ConsoleExporter_ShortTraining_PrintsNamesUnitsAndValues()
    {
        TextWriter before = Console.Out;
        using StringWriter printed = new();
        Console.SetOut(TextWriter.Synchronized(printed));
        try
        {
            using MeterProvider provider = Sdk.CreateMeterProviderBuilder()
                .AddMeter(TrainingMeter.Name)
                .AddConsoleExporter()
                .Build();
            await TrainAsync(provider);
        }
        finally
        {
            Console.SetOut(before);
        }

        string text = printed.ToString();
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.Contains("Metric Name: convnn.images", text, StringComparison.Ordinal);
        Assert.Contains("Unit: {image}", text, StringComparison.Ordinal);
        Assert.Contains("stage: workers state: busy", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtlpExporter_ShortTraining_PostsProtobufToTheCollector()
    {
        using TcpListener collector = new(IPAddress.Loopback, port: 0);
        collector.Start();
        Task<(string Head, byte[] Body)> request = ReceiveAsync(collector);
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(TrainingMeter.Name)
            .AddOtlpExporter(options =>
            {
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = new Uri($"http://{collector.LocalEndpoint}/v1/metrics");
            })
            .Build();

        await TrainAsync(provider);
        (string head, byte[] body) = await request.WaitAsync(TimeSpan.FromSeconds(30), Hang);

        Assert.StartsWith("POST /v1/metrics HTTP/1.1", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/x-protobuf", head, StringComparison.OrdinalIgnoreCase);
        string text = Encoding.Latin1.GetString(body);
        Assert.All(
            (string[])["ConvNN", "convnn.steps", "convnn.step.duration", "convnn.stage.time", "workers", "starved"],
            name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    private static async Task TrainAsync(MeterProvider provider)
    {
        using TrainingMeter meter = new();
        Trainer trainer = new(TestData.Network(), TestData.Pair(95), new TrainingOptions { Epochs = 2 }, new PipelineOptions { Workers = 2 })
        {
            Meter = meter,
        };
        await trainer.RunAsync(cancellationToken: Hang);
        Assert.True(provider.ForceFlush());
    }

    private static MetricPoint Point(List<Metric> metrics, string name, string tag, string value)
    {
        foreach (ref readonly MetricPoint point in metrics.Single(metric => metric.Name == name).GetMetricPoints())
        {
            foreach (KeyValuePair<string, object?> one in point.Tags)
            {
                if (one.Key == tag && (string?)one.Value == value)
                {
                    return point;
                }
            }
        }

        Assert.Fail($"{name} has no point with {tag}={value}.");
        return default;
    }

    /// <summary>Takes one request, and answers that all is well.</summary>
    private static async Task<(string Head, byte[] Body)> ReceiveAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Hang);
        await using NetworkStream stream = client.GetStream();
        List<byte> received = [];
        byte[] buffer = new byte[65_536];
        string head = "";
        int length = -1;
        while (length < 0 || received.Count < head.Length + length)
        {
            int count = await stream.ReadAsync(buffer, Hang);
            Assert.NotEqual(0, count);
            received.AddRange(buffer[..count]);
            string text = Encoding.Latin1.GetString([.. received]);
            if (length < 0 && text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and int end)
            {
                head = text[..(end + 4)];
                string line = head.Split("\r\n").First(header => header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
                length = int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Hang);
        return (head, [.. received[head.Length..]]);
    }
}
