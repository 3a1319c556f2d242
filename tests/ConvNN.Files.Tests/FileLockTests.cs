namespace ConvNN.Files.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convnn-").FullName;

    private string Target => Path.Combine(_folder, ".lock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Take_Held_IsRefusedUntilItIsReleased()
    {
        using (FileLock held = FileLock.Take(Target))
        {
            Assert.Null(held.Warning);
            Assert.Throws<IOException>(() => FileLock.Take(Target));
        }

        using FileLock again = FileLock.Take(Target);
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void IsHeld_TellsWithoutTakingIt()
    {
        Assert.Null(FileLock.IsHeld(Target));
        using (FileLock.Take(Target))
        {
            Assert.True(FileLock.IsHeld(Target));
        }

        Assert.False(FileLock.IsHeld(Target));
        Assert.Null(FileLock.IsHeld(_folder));
    }
}
