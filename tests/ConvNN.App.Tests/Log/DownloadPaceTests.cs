using ConvNN.App.Log;

namespace ConvNN.App.Tests.Log;

public class DownloadPaceTests
{
    private readonly Clock _clock = new();
    private readonly DownloadPace _pace;

    public DownloadPaceTests() => _pace = new DownloadPace(_clock);

    [Fact]
    public void BytesPerSecond_Nothing_IsZero() => Assert.Equal(0, _pace.BytesPerSecond);

    [Fact]
    public void BytesPerSecond_SteadyStream_IsItsSpeed()
    {
        AddEach(seconds: 0.5, bytes: 500, times: 20);

        Assert.Equal(1000, _pace.BytesPerSecond);
    }

    [Fact]
    public void BytesPerSecond_StreamSlowsDown_FollowsWithinSeconds()
    {
        AddEach(seconds: 0.5, bytes: 5000, times: 20);
        AddEach(seconds: 0.5, bytes: 5, times: 8);

        Assert.Equal(10, _pace.BytesPerSecond);
    }

    [Fact]
    public void BytesPerSecond_AnotherMirrorStartsOver_IsNotNegative()
    {
        AddEach(seconds: 0.5, bytes: 5000, times: 4);
        _pace.Add(0);
        _clock.Now += TimeSpan.FromSeconds(1);
        _pace.Add(700);

        Assert.Equal(700, _pace.BytesPerSecond);
    }

    private void AddEach(double seconds, long bytes, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _clock.Now += TimeSpan.FromSeconds(seconds);
            _clock.Bytes += bytes;
            _pace.Add(_clock.Bytes);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public long Bytes { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
