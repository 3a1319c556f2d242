using ConvNN.Training.Pipeline.Dataflow;

namespace ConvNN.Training.Tests.Pipeline.Dataflow;

public class PipelineThreadsTests
{
    [Fact]
    public async Task Run_ManyTasks_UseOnlyTheNamedThreads()
    {
        using PipelineThreads threads = new(2);
        string?[] names = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => StartOn(threads, () =>
        {
            Thread.Sleep(1);
            return Thread.CurrentThread.Name;
        })));

        Assert.Equal(["convnn worker thread 0", "convnn worker thread 1"], names.Distinct().Order());
    }

    [Fact]
    public async Task Run_TasksAfterALongPause_WakeParkedThreads()
    {
        using PipelineThreads threads = new(2);
        for (int i = 0; i < 5; i++)
        {
            await Task.Delay(30, TestContext.Current.CancellationToken);
            Assert.Equal(i, await StartOn(threads, () => i).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Run_TaskThatStartsAnother_DoesNotRunItInline()
    {
        using PipelineThreads threads = new(1);
        bool wasInline = await StartOn(threads, () =>
        {
            bool hasRun = false;
            Task inner = StartOn(threads, () => hasRun = true);
            return hasRun || inner.IsCompleted;
        });

        Assert.False(wasInline);
    }

    private static Task<T> StartOn<T>(PipelineThreads threads, Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, threads);
}
