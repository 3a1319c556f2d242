using System.Runtime.InteropServices;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;

namespace ConvNN.App.Tests.Hosting;

public sealed class StopSignalsTests : IAsyncDisposable
{
    private readonly RunLog _log = new(new LineWriter(new StringWriter()), TimeProvider.System);
    private readonly Clock _clock = new();

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Theory]
    [InlineData(PosixSignal.SIGINT, 499, true)]     // the same signal again, at once: it was sent to the process and to its group
    [InlineData(PosixSignal.SIGINT, 500, false)]    // somebody is in a hurry
    [InlineData(PosixSignal.SIGTERM, 0, false)]     // another signal means more
    public void Handle_SecondSignal_EndsTheProcessUnlessItIsAnEcho(PosixSignal second, int milliseconds, bool isEcho)
    {
        using StopSignals signals = new(_log, _clock, _ => false);

        Assert.True(Handle(signals, PosixSignal.SIGINT));
        _clock.Milliseconds += milliseconds;

        Assert.Equal(isEcho, Handle(signals, second));
        Assert.Equal((130, "SIGINT", true), (signals.ExitCode, signals.Name, signals.Token.IsCancellationRequested));
    }

    /// <summary>A page asks for what ^C does. A signal after that is the first one, and ends what still waits for it.</summary>
    [Fact]
    public void Request_StopsTheRunAndLeavesTheSignal()
    {
        using StopSignals signals = new(_log, _clock, _ => false);

        signals.Request("the page");
        Assert.Equal((130, "the page", true, false), (signals.ExitCode, signals.Name, signals.Token.IsCancellationRequested, signals.Signalled.IsCancellationRequested));

        Assert.True(Handle(signals, PosixSignal.SIGTERM));
        Assert.True(signals.Signalled.IsCancellationRequested);
        Assert.Equal((130, "the page"), (signals.ExitCode, signals.Name));
    }

    /// <summary>A closed window of Windows: the system ends the process as soon as the handler returns, and must not.</summary>
    [Fact]
    public async Task Handle_SignalAfterWhichTheSystemEndsTheProcess_WaitsForTheEndOfTheRun()
    {
        StopSignals signals = new(_log, _clock, signal => signal == PosixSignal.SIGHUP);

        Task<bool> handling = Task.Run(() => Handle(signals, PosixSignal.SIGHUP));
        await Task.Delay(Timeout.Infinite, signals.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(handling.IsCompleted);

        signals.Dispose();
        Assert.True(await handling);
        Assert.Equal(129, signals.ExitCode);
    }

    /// <summary>Also as the second signal: a run that is about to end after ^C must not be cut short by its window.</summary>
    [Fact]
    public async Task Handle_ItComesSecond_StillWaits()
    {
        StopSignals signals = new(_log, _clock, signal => signal == PosixSignal.SIGHUP);
        Assert.True(Handle(signals, PosixSignal.SIGINT));

        Task<bool> handling = Task.Run(() => Handle(signals, PosixSignal.SIGHUP));
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(handling.IsCompleted);

        signals.Dispose();
        Assert.True(await handling);
        Assert.Equal(130, signals.ExitCode);
    }

    /// <returns>Whether the process goes on.</returns>
    private static bool Handle(StopSignals signals, PosixSignal signal)
    {
        PosixSignalContext context = new(signal);
        signals.Handle(context);
        return context.Cancel;
    }

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
