namespace ConvNN.Data.Tests;

/// <summary>A folder of a test's own, removed with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("convnn-data-").FullName;

    /// <summary>The path of a file in the folder, written there if it has content.</summary>
    public string File(string name, byte[]? content = null)
    {
        string path = System.IO.Path.Combine(Path, name);

        if (content is not null)
        {
            System.IO.File.WriteAllBytes(path, content);
        }

        return path;
    }

    /// <summary>Takes permissions from a file or folder, or skips the test where that stops nobody.</summary>
    public static void Forbid(string path, UnixFileMode butNot = UnixFileMode.None)
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Windows has no mode bits, and root passes them over.");
            return;
        }

        System.IO.File.SetUnixFileMode(path, butNot);
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Delete(Path, recursive: true);
    }
}
