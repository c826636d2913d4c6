/** Whether a process that serves for days keeps growing: samples of its memory, and a verdict. */
package io.dienstream.sandbox.soak;
