namespace ConvNN.Files.Tests;

/// <summary>What happens at an operation on a file.</summary>
public enum FileFault
{
    /// <summary>The process dies: nothing of it is done, nor anything after it.</summary>
    Kill,

    /// <summary>The disk reports an error (EIO).</summary>
    InputOutput,

    /// <summary>There is no room (ENOSPC), from now on.</summary>
    DiskFull,

    /// <summary>A write does half of it and then reports an error.</summary>
    ShortWrite,

    /// <summary>A write puts something else on the disk, and nobody notices.</summary>
    Garbage,
}

/// <summary>Stands for the end of the process; nothing that runs afterwards has an effect.</summary>
public sealed class KilledException() : Exception("killed");

/// <summary>
/// The system's operations, of which the n-th fails; each write and flush of a file counts, too. Nothing waits for the disk:
/// a test's process does not outlive its machine.
/// </summary>
/// <param name="fault">How it fails.</param>
/// <param name="failing">Which one, from 1; none unless given.</param>
internal sealed class FailingFiles(FileFault fault = FileFault.Kill, int failing = int.MaxValue) : IFileOperations
{
    /// <summary>Operations so far, the failed one among them.</summary>
    public int Operations { get; private set; }

    /// <summary>Whether the operation that fails has come.</summary>
    public bool HasFailed => Operations >= failing;

    private int FailingOperation => failing;

    private FileFault Fault => fault;

    public FileStream Create(string path)
    {
        Count(takesRoom: true);
        return new CountingFile(path, this);
    }

    public void Flush(FileStream file)
    {
        Count(takesRoom: true);
        file.Flush();
    }

    public void Move(string path, string target)
    {
        Count();
        SystemFiles.Instance.Move(path, target);
    }

    public void Delete(string path)
    {
        Count();
        SystemFiles.Instance.Delete(path);
    }

    public void CreateFolder(string path)
    {
        Count(takesRoom: true);
        SystemFiles.Instance.CreateFolder(path);
    }

    public void MoveFolder(string path, string target)
    {
        Count();
        SystemFiles.Instance.MoveFolder(path, target);
    }

    public void DeleteFolder(string path)
    {
        Count();
        SystemFiles.Instance.DeleteFolder(path);
    }

    public void FlushFolder(string path) => Count();

    private void Count(bool takesRoom = false)
    {
        Operations++;
        if (Operations == failing || (Operations > failing && (fault == FileFault.Kill || (fault == FileFault.DiskFull && takesRoom))))
        {
            switch (fault)
            {
                case FileFault.Kill:
                    throw new KilledException();
                case FileFault.DiskFull:
                    throw new IOException("No space left on device");
                case FileFault.InputOutput or FileFault.ShortWrite:
                    throw new IOException("Input/output error");
            }
        }
    }

    private sealed class CountingFile(string path, FailingFiles files) : FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)
    {
        // The one that all others of a derived stream come down to.
        public override void Write(byte[] array, int offset, int count)
        {
            bool isFailing = files.Operations + 1 == files.FailingOperation;
            if (isFailing && files.Fault == FileFault.ShortWrite)
            {
                base.Write(array, offset, count / 2);
            }

            files.Count(takesRoom: true);
            if (isFailing && files.Fault == FileFault.Garbage)
            {
                (array, offset) = (new byte[count], 0);
                new Random(count).NextBytes(array);
            }

            base.Write(array, offset, count);
        }
    }
}
