using ConvNN.Files.Tests;
using ConvNN.Formats;
using ConvNN.Training.Checkpoints;

namespace ConvNN.Training.Tests.Checkpoints;

/// <summary>
/// Every operation on files fails in turn while a checkpoint is written and an old one deleted. The property: afterwards the
/// state before it or the new one loads bit for bit, and the next run writes as if nothing had been.
/// </summary>
public class CheckpointFaultTests
{
    [Theory]
    [InlineData(FileFault.Kill)]
    [InlineData(FileFault.InputOutput)]
    [InlineData(FileFault.DiskFull)]
    [InlineData(FileFault.ShortWrite)]
    [InlineData(FileFault.Garbage)]
    public void Save_AnyOperationFails_OldOrNewStateLoads(FileFault fault)
    {
        int old = 0;
        int operations = 0;
        for (int failing = 1; ; failing++)
        {
            using CheckpointRig rig = new();
            rig.Save(CheckpointRig.At(6, 0.5), rig.State(1));
            rig.Save(CheckpointRig.At(12, 0.5, 0.6), rig.State(2));
            FailingFiles files = new(fault, failing);
            try
            {
                using CheckpointStore store = CheckpointStore.Open(rig.Folder, files);
                CheckpointName name = store.Save(rig.Network, new ModelSubject("bands"), CheckpointRig.Run, CheckpointRig.At(14, 0.5, 0.6), rig.State(3));
                store.Prune(name, keep: 2, best: 2);
            }
            catch (Exception failure) when (failure is IOException or KilledException or CheckpointWriteException)
            {
            }

            (Checkpoint? found, TrainingState state, _) = rig.Load();
            Assert.True(found is not null, $"Operation {failing}: no checkpoint is whole.");
            bool isNew = found.Manifest.Progress.Step == 14;
            CheckpointRig.Equal(rig.State(isNew ? 3 : 2), state);
            old += isNew ? 0 : 1;

            // The next run cleans up and goes on.
            using (CheckpointStore again = CheckpointStore.Open(rig.Folder, new FailingFiles()))
            {
                again.Prune(again.Save(rig.Network, new ModelSubject("bands"), CheckpointRig.Run, CheckpointRig.At(14, 0.5, 0.6), rig.State(3)), keep: 2, best: 2);
            }

            Assert.Equal(["step-00000012-epoch-2", "step-00000014"], rig.Folders());
            CheckpointRig.Equal(rig.State(3), rig.Load().State);
            if (!files.HasFailed)
            {
                operations = files.Operations;
                break;
            }
        }

        // Both sides of the rename must have been seen.
        Assert.True(operations > 100 && old > 50, $"{operations} operations, of which {old} left the old state: the seam misses some.");
        TestContext.Current.TestOutputHelper!.WriteLine($"{operations} operations failed in turn: {old} times the state before was there, {operations - old} times the new one.");
    }
}
